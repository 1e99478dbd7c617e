import { Loader, Stack } from '@mantine/core'
import { Suspense, lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation } from '../api/types'
import { Dialog } from '../app/Dialog'
import { LineCard, MessageAlert } from './LineCard'
import { ProductSearch } from './ProductSearch'
import type { Draft, DraftLine } from './draft'
import { nextLineID } from './draft'

const ConfigureDialog = lazy(() => import('../configure/ConfigureDialog'))

interface Props {
  draft: Draft
  editable: boolean
  evaluation?: Evaluation
  onChange: (lines: DraftLine[]) => void
}

/** The lines of a quote, each with its price, its errors and what is behind them. */
export function Lines({ draft, editable, evaluation, onChange }: Props) {
  const { t } = useTranslation()
  const [configuring, setConfiguring] = useState<string>()
  const line = draft.lines.find((l) => l.id === configuring)
  const change = (id: string, part: Partial<DraftLine>) => onChange(draft.lines.map((l) => (l.id === id ? { ...l, ...part } : l)))
  const add = (p: { sku: string; name: string; configurable: boolean; minimum: string }) => {
    const id = nextLineID(draft.lines)
    onChange([...draft.lines, { id, sku: p.sku, name: p.name, configurable: p.configurable, quantity: p.minimum, inputs: {}, optional: false }])
    if (p.configurable) setConfiguring(id)
  }
  const general = evaluation?.messages?.filter((m) => !m.line) ?? []
  return (
    <Stack gap="sm" component="section" aria-label={t('lines')}>
      {draft.lines.map((l) => (
        <LineCard
          key={l.id} line={l} salesModel={draft.salesModel} editable={editable} priced={evaluation?.lines?.find((x) => x.id === l.id)}
          messages={evaluation?.messages?.filter((m) => m.line === l.id) ?? []} onChange={(part) => change(l.id, part)}
          onRemove={() => onChange(draft.lines.filter((x) => x.id !== l.id))} onConfigure={() => setConfiguring(l.id)}
        />
      ))}
      {general.map((m) => <MessageAlert key={m.code + m.text} message={m} />)}
      {editable && <ProductSearch onAdd={add} />}
      <Dialog opened={line !== undefined} onClose={() => setConfiguring(undefined)} size="xl" title={line?.name}>
        {line && (
          <Suspense fallback={<Loader aria-label={t('loading')} />}>
            <ConfigureDialog
              sku={line.sku} date={draft.date} selection={line.configuration ?? {}} editable={editable}
              onDone={(configuration) => { change(line.id, { configuration }); setConfiguring(undefined) }}
            />
          </Suspense>
        )}
      </Dialog>
    </Stack>
  )
}
