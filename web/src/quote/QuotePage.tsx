import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation, Quote } from '../api/types'
import { tellHost } from '../app/launch'
import { useUser } from '../app/user'
import { StateBadge } from '../quotes/QuoteList'
import { Actions } from './Actions'
import { Approvals } from './Approvals'
import { Header } from './Header'
import { Lines } from './Lines'
import { Revisions } from './Revisions'
import { Totals } from './Totals'
import type { Draft } from './draft'
import { draftOf, emptyDraft } from './draft'
import { useChanges, useEvaluation, useStoredQuote } from './useQuote'

interface Props {
  id?: string
  onSaved: (id: string) => void
  onClose: () => void
}

/** One quote: what is in it, what it costs and why, and what may be done with it now. */
export function QuotePage({ id, onSaved, onClose }: Props) {
  const stored = useStoredQuote(id)
  if (id && !stored.data) return stored.error ? <Alert color="red">{stored.error.message}</Alert> : <Loader />
  return <Editor key={`${id ?? 'new'}-${stored.data?.revision ?? 0}`} quote={stored.data} onSaved={onSaved} onClose={onClose} />
}

function Editor({ quote, onSaved, onClose }: { quote?: Quote } & Omit<Props, 'id'>) {
  const { t } = useTranslation()
  const { context } = useUser()
  const [draft, setDraft] = useState<Draft>(() => (quote ? draftOf(quote) : emptyDraft(context.customer)))
  const [changed, setChanged] = useState(!quote)
  const editable = !quote || quote.actions.includes('edit')
  const live = useEvaluation(draft, editable && changed)
  const evaluation: Evaluation | undefined = editable && changed ? live.data : quote?.evaluation
  const changes = useChanges(quote, (q) => { setChanged(false); onSaved(q.id) })
  const edit = (part: Partial<Draft>) => { setChanged(true); setDraft((d) => ({ ...d, ...part })) }
  useOrderMessage(quote)

  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Button variant="subtle" size="compact-sm" onClick={onClose}>{t('back')}</Button>
          <Title order={1} size="h4">{quote ? quote.number : t('newQuote')}</Title>
          {quote && <Text size="sm" c="dimmed">{t('revision', { number: quote.revision })}</Text>}
        </Group>
        {quote && <StateBadge state={quote.state} />}
      </Group>
      {quote?.order && <OrderState order={quote.order} />}
      <Header draft={draft} editable={editable} currency={evaluation?.currency ?? quote?.currency} onChange={edit} />
      <Lines draft={draft} editable={editable} evaluation={evaluation} onChange={(lines) => edit({ lines })} />
      {live.error && changed && <Alert color="red" role="alert">{live.error.message}</Alert>}
      {evaluation && <Totals evaluation={evaluation} updating={live.isFetching && changed} />}
      <Approvals needed={evaluation?.approvals ?? []} asked={changed ? [] : (quote?.approvals ?? [])} />
      <Actions quote={quote} changed={changed} savable={draft.customer !== '' && draft.salesModel !== ''} changes={changes} onSave={() => changes.save.mutate(draft)} />
      {quote && <Revisions quote={quote} />}
    </Stack>
  )
}

function OrderState({ order }: { order: NonNullable<Quote['order']> }) {
  const { t } = useTranslation()
  if (order.problem) return <Alert color="red" role="alert" title={t('orderProblem')}>{order.problem}</Alert>
  if (!order.number) return <Alert color="blue" icon={<Loader size="xs" />} role="status">{t('orderOnItsWay', { reference: order.reference })}</Alert>
  return <Alert color="green" role="status" data-testid="order-number" data-number={order.number}>{t('orderPlaced', { number: order.number })}</Alert>
}

/** Tells the CRM once that the ERP has the order. */
function useOrderMessage(quote?: Quote) {
  const before = useRef(quote?.state)
  useEffect(() => {
    if (quote?.state === 'ordered' && before.current !== 'ordered') tellHost('order.placed', { quote: quote.id, number: quote.order?.number })
    before.current = quote?.state
  }, [quote])
}
