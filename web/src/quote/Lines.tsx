import { ActionIcon, Alert, Badge, Button, Card, Collapse, Group, Loader, Modal, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core'
import { Suspense, lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation, EvaluatedLine, Message } from '../api/types'
import { readNumber, showAmount } from '../lib/amount'
import { BillOfMaterial } from './BillOfMaterial'
import { InputField, useSalesModels } from './Header'
import { ProductSearch } from './ProductSearch'
import { Waterfall } from './Waterfall'
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
      <Modal opened={line !== undefined} onClose={() => setConfiguring(undefined)} size="xl" title={line?.name} closeButtonProps={{ 'aria-label': t('close') }}>
        {line && (
          <Suspense fallback={<Loader />}>
            <ConfigureDialog
              sku={line.sku} date={draft.date} selection={line.configuration ?? {}} editable={editable}
              onDone={(configuration) => { change(line.id, { configuration }); setConfiguring(undefined) }}
            />
          </Suspense>
        )}
      </Modal>
    </Stack>
  )
}

interface LineProps {
  line: DraftLine
  salesModel: string
  editable: boolean
  priced?: EvaluatedLine
  messages: Message[]
  onChange: (part: Partial<DraftLine>) => void
  onRemove: () => void
  onConfigure: () => void
}

function LineCard({ line, salesModel, editable, priced, messages, onChange, onRemove, onConfigure }: LineProps) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const inputs = useSalesModels().data?.items.find((m) => m.id === salesModel)?.inputs.filter((i) => i.scope === 'line') ?? []
  const named = (what: string) => `${what}, ${t('line')} ${line.id}`
  return (
    <Card withBorder padding="sm" component="article" aria-label={`${t('line')} ${line.id}: ${line.name}`} data-testid={`line-${line.id}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <div>
          <Text fw={600}>{line.name}</Text>
          <Text size="sm" c="dimmed">{priced?.part_number ?? line.sku}</Text>
        </div>
        <div className="number">
          <Text fw={600} data-testid="net">{priced?.net ? showAmount(priced.net, i18n.language) : '—'}</Text>
          {priced?.unit_price && <Text size="sm" c="dimmed">{showAmount(priced.unit_price, i18n.language)} / {priced.unit}</Text>}
        </div>
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs" verticalSpacing="xs">
        <TextInput
          label={t('quantity')} aria-label={named(t('quantity'))} value={line.quantity} disabled={!editable} inputMode="decimal" rightSection={<Text size="xs" c="dimmed">{priced?.unit}</Text>}
          error={readNumber(line.quantity) === undefined} onChange={(e) => onChange({ quantity: e.currentTarget.value })}
        />
        {inputs.map((i) => (
          <InputField key={i.id} input={i} label={named(i.title)} disabled={!editable} value={line.inputs[i.id]} onChange={(v) => onChange({ inputs: { ...line.inputs, [i.id]: v } })} />
        ))}
        <Switch label={t('optional')} mt="lg" disabled={!editable} checked={line.optional} onChange={(e) => onChange({ optional: e.currentTarget.checked })} />
      </SimpleGrid>
      {messages.map((m) => <MessageAlert key={m.code + m.text} message={m} />)}
      <Group mt="xs" gap="xs">
        {line.configurable && <Button size="compact-sm" variant="light" onClick={onConfigure} aria-label={named(t('configure'))}>{t('configure')}</Button>}
        {priced?.steps && <Button size="compact-sm" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)} aria-label={named(t('why'))}>{t('why')}</Button>}
        {priced?.availability && <Badge variant="light" color={priced.availability.late ? 'orange' : 'gray'} tt="none">{t('available', { date: priced.availability.date })}</Badge>}
        {priced?.margin_percent && <Badge variant="light" tt="none">{t('margin')} {priced.margin_percent} %</Badge>}
        {editable && <ActionIcon variant="subtle" color="red" ml="auto" onClick={onRemove} aria-label={named(t('remove'))}>✕</ActionIcon>}
      </Group>
      <Collapse expanded={open}>
        {open && priced && (
          <Stack mt="sm" gap="md">
            <Waterfall steps={priced.steps ?? []} />
            {priced.components && <BillOfMaterial components={priced.components} />}
          </Stack>
        )}
      </Collapse>
    </Card>
  )
}

export function MessageAlert({ message: m }: { message: Message }) {
  const color = { error: 'red', warning: 'orange', info: 'blue' }[m.severity] ?? 'gray'
  return (
    <Alert color={color} mt="xs" py="xs" role={m.severity === 'error' ? 'alert' : 'status'} data-code={m.code}>
      {m.text}
      {m.source?.file && <Text size="xs" c="dimmed">{m.source.file}{m.source.line ? `:${m.source.line}` : ''}</Text>}
    </Alert>
  )
}
