import { Button, Group, Modal, Stack, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Quote } from '../api/types'
import type { Action, useChanges } from './useQuote'

interface Props {
  quote?: Quote
  changed: boolean
  savable: boolean
  changes: ReturnType<typeof useChanges>
  onSave: () => void
}

const order: Action[] = ['submit', 'approve', 'reject', 'send', 'accept', 'decline', 'revise', 'cancel']
const asks: Partial<Record<Action, 'name' | 'comment'>> = { accept: 'name', reject: 'comment', decline: 'comment', cancel: 'comment' }
const colors: Partial<Record<Action, string>> = { reject: 'red', decline: 'red', cancel: 'red', approve: 'green', accept: 'green' }

/** What the server says this user may do with the quote now. */
export function Actions({ quote, changed, savable, changes, onSave }: Props) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Action>()
  const busy = changes.save.isPending || changes.act.isPending
  const start = (action: Action) => (asks[action] ? setAsking(action) : changes.act.mutate({ action }))
  return (
    <Group gap="sm" component="section" aria-label={t('actions')}>
      {changed && <Button onClick={onSave} loading={changes.save.isPending} disabled={!savable || busy} data-testid="save">{t('save')}</Button>}
      {!changed && order.filter((a) => quote?.actions.includes(a)).map((a) => (
        <Button key={a} onClick={() => start(a)} disabled={busy} color={colors[a]} variant={a === 'revise' || colors[a] === 'red' ? 'light' : 'filled'} data-testid={`action-${a}`}>{t(`action.${a}`)}</Button>
      ))}
      <Modal opened={asking !== undefined} onClose={() => setAsking(undefined)} title={asking && t(`action.${asking}`)} closeButtonProps={{ 'aria-label': t('close') }}>
        {asking && <Question action={asking} onAnswer={(body) => { changes.act.mutate({ action: asking, body }); setAsking(undefined) }} />}
      </Modal>
    </Group>
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
