import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, answer, api, idempotencyKey } from '../api/client'
import type { Quote } from '../api/types'
import { tellHost } from '../app/launch'
import type { HostMessage } from '../app/launch'
import { notifyError } from '../app/notify'
import { useUser } from '../app/user'
import type { Draft } from './draft'
import { requestOf } from './draft'

/** A stored quote; while its order is on the way it is asked for again. */
export function useStoredQuote(id?: string) {
  return useQuery({
    queryKey: ['quote', id],
    enabled: id !== undefined,
    queryFn: () => answer(api.GET('/v1/quotes/{id}', { params: { path: { id: id! } } })),
    refetchInterval: ({ state }) => (['accepted', 'ordering'].includes(state.data?.state ?? '') ? 1000 : false),
  })
}

/** The price of what is being worked on. An older answer never replaces a newer one: each draft is a query of its own. */
export function useEvaluation(draft: Draft, wanted: boolean) {
  const now = JSON.stringify(requestOf(draft))
  const [request] = useDebouncedValue(now, 250)
  const enabled = wanted && draft.salesModel !== '' && draft.customer !== '' && draft.lines.length > 0
  const { data, error, isFetching } = useQuery({
    queryKey: ['evaluation', request],
    enabled,
    queryFn: ({ signal }) => answer(api.POST('/v1/evaluate', { body: JSON.parse(request), signal })),
    placeholderData: keepPreviousData,
  })
  if (!enabled) return { updating: false }
  return { evaluation: data, error, updating: isFetching || now !== request }
}

export type Action = 'submit' | 'approve' | 'reject' | 'send' | 'accept' | 'decline' | 'cancel' | 'revise'

const messages: Partial<Record<Action, HostMessage>> = { send: 'quote.sent', accept: 'quote.accepted' }

/** Saving and acting. `outdated` says that somebody else was faster; nothing was changed then. */
export function useChanges(quote: Quote | undefined, onSaved: (q: Quote) => void) {
  const { context } = useUser()
  const queries = useQueryClient()
  const headers = () => ({ 'If-Match': quote ? `"${quote.version}"` : undefined, 'Idempotency-Key': idempotencyKey() })

  const done = (q: Quote, type: HostMessage) => {
    queries.setQueryData(['quote', q.id], q)
    void queries.invalidateQueries({ queryKey: ['quotes'] })
    tellHost(type, { quote: q.id, number: q.number, state: q.state })
    onSaved(q)
  }
  const onError = (error: unknown) => {
    if (!isOutdated(error)) notifyError(error)
  }
  const save = useMutation({
    mutationFn: (draft: Draft) => {
      const body = { title: draft.title, valid_until: draft.validUntil || undefined, request: requestOf(draft) }
      if (quote) return answer(api.PATCH('/v1/quotes/{id}', { params: { path: { id: quote.id }, header: headers() }, body }))
      const deal = context.deal ? { crm: context.crm ?? '', id: context.deal, name: context.deal_name } : undefined
      return answer(api.POST('/v1/quotes', { params: { header: headers() }, body: { ...body, deal } }))
    },
    onSuccess: (q) => done(q, 'quote.saved'),
    onError,
  })
  const act = useMutation({
    mutationFn: ({ action, body }: { action: Action; body?: { name?: string; comment?: string } }) =>
      answer(api.POST(`/v1/quotes/{id}/${action}`, { params: { path: { id: quote!.id }, header: headers() }, body: body ?? {} })),
    onSuccess: (q, { action }) => done(q, messages[action] ?? 'quote.saved'),
    onError,
  })
  const reload = async (): Promise<Quote | undefined> => {
    await queries.refetchQueries({ queryKey: ['quote', quote?.id] })
    save.reset()
    act.reset()
    return queries.getQueryData<Quote>(['quote', quote?.id])
  }
  return { save, act, reload, outdated: isOutdated(save.error) || isOutdated(act.error) }
}

const isOutdated = (error: unknown) => error instanceof ApiError && error.status === 412
