import { Alert, Button, Group, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation, Quote } from '../api/types'
import { Dialog } from '../app/Dialog'
import { showAmount } from '../lib/amount'
import type { Action, useChanges } from './useQuote'

interface Props {
  quote?: Quote
  evaluation?: Evaluation
  changed: boolean
  savable: boolean
  changes: ReturnType<typeof useChanges>
  onSave: () => void
  onReload: () => void
}

const order: Action[] = ['submit', 'approve', 'reject', 'send', 'accept', 'decline', 'revise', 'cancel']
const asks: Partial<Record<Action, 'name' | 'comment'>> = { accept: 'name', reject: 'comment', decline: 'comment', cancel: 'comment' }
const colors: Partial<Record<Action, string>> = { reject: 'red', decline: 'red', cancel: 'red', approve: 'green', accept: 'green' }

/** What the server says this user may do with the quote now. */
export function Actions({ quote, evaluation, changed, savable, changes, onSave, onReload }: Props) {
  const { t, i18n } = useTranslation()
  const [asking, setAsking] = useState<Action>()
  const busy = changes.save.isPending || changes.act.isPending
  const start = (action: Action) => (asks[action] ? setAsking(action) : changes.act.mutate({ action }))
  const possible = changed ? [] : order.filter((a) => quote?.actions.includes(a))
  if (!changed && possible.length === 0) return null
  return (
    <section className="bottom-bar" aria-label={t('actions')}>
      {changes.outdated && (
        <Alert color="orange" role="alert" mb="sm" data-testid="outdated">
          <Group justify="space-between" gap="sm">{t('outdated')}<Button size="compact-sm" color="orange" variant="light" onClick={onReload}>{t('reload')}</Button></Group>
        </Alert>
      )}
      <Group gap="sm">
        {changed && <Button onClick={onSave} loading={changes.save.isPending} disabled={!savable || busy} data-testid="save">{t('save')}</Button>}
        {possible.map((a) => (
          <Button key={a} onClick={() => start(a)} disabled={busy} color={colors[a]} variant={a === 'revise' || colors[a] === 'red' ? 'light' : 'filled'} data-testid={`action-${a}`}>{t(`action.${a}`)}</Button>
        ))}
        {evaluation?.totals.net && (
          <Text size="sm" ml="auto" className="number" aria-hidden>{t('net')} <b>{showAmount(evaluation.totals.net, i18n.language)}</b> {evaluation.currency}</Text>
        )}
      </Group>
      <Dialog opened={asking !== undefined} onClose={() => setAsking(undefined)} title={asking && t(`action.${asking}`)}>
        {asking && <Question action={asking} onAnswer={(body) => { changes.act.mutate({ action: asking, body }); setAsking(undefined) }} />}
      </Dialog>
    </section>
  )
}

function Question({ action, onAnswer }: { action: Action; onAnswer: (body: { name?: string; comment?: string }) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const name = asks[action] === 'name'
  return (
    <form onSubmit={(e) => { e.preventDefault(); onAnswer(name ? { name: text } : { comment: text }) }}>
      <Stack>
        {name
          ? <TextInput label={t('acceptedBy')} required data-autofocus value={text} onChange={(e) => setText(e.currentTarget.value)} data-testid="accepted-by" />
          : <Textarea label={t('comment')} data-autofocus autosize minRows={2} value={text} onChange={(e) => setText(e.currentTarget.value)} />}
        <Button type="submit" data-testid="confirm">{t(`action.${action}`)}</Button>
      </Stack>
    </form>
  )
}
