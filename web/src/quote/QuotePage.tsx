import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation, Quote } from '../api/types'
import { Dialog } from '../app/Dialog'
import { tellHost } from '../app/launch'
import { explain } from '../app/notify'
import { useUser } from '../app/user'
import { StateBadge } from '../quotes/QuoteList'
import { Actions } from './Actions'
import { Approvals } from './Approvals'
import { Header } from './Header'
import { Lines } from './Lines'
import { Revisions } from './Revisions'
import { Totals } from './Totals'
import { WholeQuote } from './WholeQuote'
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
  const { t } = useTranslation()
  const stored = useStoredQuote(id)
  useOrderMessage(stored.data)
  if (id && !stored.data) return stored.error ? <Alert color="red" role="alert">{explain(stored.error)}</Alert> : <Loader aria-label={t('loading')} />
  return <Editor key={`${id ?? 'new'}-${stored.data?.revision ?? 0}`} quote={stored.data} onSaved={onSaved} onClose={onClose} />
}

function Editor({ quote, onSaved, onClose }: { quote?: Quote } & Omit<Props, 'id'>) {
  const { t, i18n } = useTranslation()
  const { context } = useUser()
  const [draft, setDraft] = useState<Draft>(() => (quote ? draftOf(quote) : emptyDraft(context.customer, context.deal_name, i18n.language)))
  const [changed, setChanged] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const editable = !quote || quote.actions.includes('edit')
  const working = editable && (changed || !quote)
  const live = useEvaluation(draft, working)
  const evaluation: Evaluation | undefined = working ? live.evaluation : quote?.evaluation
  const changes = useChanges(quote, (q) => { setChanged(false); onSaved(q.id) })
  const edit = (part: Partial<Draft>) => { setChanged(true); setDraft((d) => ({ ...d, ...part })) }
  const reload = () => changes.reload().then((q) => { if (q) { setDraft(draftOf(q)); setChanged(false) } })

  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Button variant="subtle" size="compact-sm" onClick={() => (changed ? setLeaving(true) : onClose())} data-testid="back">{t('back')}</Button>
          <Title order={1} size="h4">{quote ? quote.number : t('newQuote')}</Title>
          {quote && <Text size="sm" c="dimmed">{t('revision', { number: quote.revision })}</Text>}
        </Group>
        {quote && <StateBadge state={quote.state} />}
      </Group>
      {quote?.order && <OrderState order={quote.order} />}
      <Header draft={draft} editable={editable} customerName={quote?.customer_name} currency={evaluation?.currency ?? quote?.currency} onChange={edit} />
      <Lines draft={draft} editable={editable} evaluation={evaluation} onChange={(lines) => edit({ lines })} />
      {live.error && <Alert color="red" role="alert" style={{ whiteSpace: 'pre-line' }}>{explain(live.error)}</Alert>}
      {evaluation && <WholeQuote evaluation={evaluation} />}
      {evaluation && <Totals evaluation={evaluation} updating={live.updating} />}
      <Approvals needed={evaluation?.approvals ?? []} asked={working ? [] : (quote?.approvals ?? [])} />
      {quote && <Revisions quote={quote} />}
      <Actions quote={quote} evaluation={evaluation} changed={working} savable={draft.customer !== '' && draft.salesModel !== ''} changes={changes} onSave={() => changes.save.mutate(draft)} onReload={reload} />
      <Dialog opened={leaving} onClose={() => setLeaving(false)} title={t('unsaved')}>
        <Group justify="flex-end" gap="sm">
          <Button variant="light" data-autofocus onClick={() => setLeaving(false)}>{t('keepEditing')}</Button>
          <Button color="red" onClick={onClose} data-testid="discard">{t('discardChanges')}</Button>
        </Group>
      </Dialog>
    </Stack>
  )
}

function OrderState({ order }: { order: NonNullable<Quote['order']> }) {
  const { t } = useTranslation()
  if (order.problem) return <Alert color="red" role="alert" title={t('orderProblem')}>{order.problem}</Alert>
  if (!order.number) return <Alert color="blue" icon={<Loader size="xs" aria-hidden />} role="status">{t('orderOnItsWay', { reference: order.reference })}</Alert>
  return <Alert color="green" role="status" data-testid="order-number" data-number={order.number}>{t('orderPlaced', { number: order.number })}</Alert>
}

/** Tells the CRM once that the ERP has the order. */
function useOrderMessage(quote?: Quote) {
  const before = useRef(quote?.state)
  useEffect(() => {
    if (quote?.state === 'ordered' && before.current && before.current !== 'ordered') tellHost('order.placed', { quote: quote.id, number: quote.order?.number })
    before.current = quote?.state
  }, [quote])
}
