import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ApiError, answer, api, idempotencyKey } from '../api/client'
import type { Quote } from '../api/types'
import { tellHost } from '../app/launch'
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
export function useEvaluation(draft: Draft, enabled: boolean) {
  const [request] = useDebouncedValue(JSON.stringify(requestOf(draft)), 250)
  return useQuery({
    queryKey: ['evaluation', request],
    enabled: enabled && draft.salesModel !== '' && draft.customer !== '' && draft.lines.length > 0,
    queryFn: ({ signal }) => answer(api.POST('/v1/evaluate', { body: JSON.parse(request), signal })),
    placeholderData: keepPreviousData,
  })
}

export type Action = 'submit' | 'approve' | 'reject' | 'send' | 'accept' | 'decline' | 'cancel' | 'revise'

export function useChanges(quote: Quote | undefined, onSaved: (q: Quote) => void) {
  const { t } = useTranslation()
  const { context } = useUser()
  const queries = useQueryClient()
  const headers = () => ({ 'If-Match': quote ? `"${quote.version}"` : undefined, 'Idempotency-Key': idempotencyKey() })

  const done = (type: string) => (q: Quote) => {
    queries.setQueryData(['quote', q.id], q)
    void queries.invalidateQueries({ queryKey: ['quotes'] })
    tellHost(type, { quote: q.id, number: q.number, state: q.state })
    onSaved(q)
  }
  const failed = (error: unknown) => {
    const stale = error instanceof ApiError && error.status === 412
    const details = error instanceof ApiError ? (error.problem.errors ?? []).map((e) => e.message).join('\n') : ''
    notifications.show({ color: 'red', message: stale ? t('stale') : String((error as Error).message) + (details ? `\n${details}` : '') })
    if (stale) void queries.invalidateQueries({ queryKey: ['quote', quote?.id] })
  }

  const save = useMutation({
    mutationFn: (draft: Draft) => {
      const body = { title: draft.title, valid_until: draft.validUntil || undefined, request: requestOf(draft) }
      if (quote) return answer(api.PATCH('/v1/quotes/{id}', { params: { path: { id: quote.id }, header: headers() }, body }))
      const deal = context.deal ? { crm: context.crm ?? '', id: context.deal, name: context.deal_name } : undefined
      return answer(api.POST('/v1/quotes', { params: { header: headers() }, body: { ...body, deal } }))
    },
    onSuccess: done('quote.saved'),
    onError: failed,
  })
  const act = useMutation({
    mutationFn: ({ action, body }: { action: Action; body?: { name?: string; comment?: string } }) =>
      answer(api.POST(`/v1/quotes/{id}/${action}`, { params: { path: { id: quote!.id }, header: headers() }, body: body ?? {} })),
    onSuccess: (q, { action }) => done(action === 'accept' ? 'quote.accepted' : action === 'send' ? 'quote.sent' : `quote.${action}`)(q),
    onError: failed,
  })
  return { save, act }
}
