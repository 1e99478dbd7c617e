import { Alert, Badge, Button, Card, Checkbox, CloseButton, Collapse, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvaluatedLine, Message } from '../api/types'
import { Fact } from '../fields/Fact'
import { InputField } from '../fields/InputField'
import { EnteredFacts, Switches } from '../fields/Inputs'
import { NumberField } from '../fields/NumberField'
import { showAmount } from '../lib/amount'
import { BillOfMaterial } from './BillOfMaterial'
import { Guidance } from './Guidance'
import { Recurring } from './Recurring'
import { Waterfall } from './Waterfall'
import type { DraftLine } from './draft'
import { useInputs } from './useSalesModels'

interface Props {
  line: DraftLine
  salesModel: string
  editable: boolean
  priced?: EvaluatedLine
  messages: Message[]
  onChange: (part: Partial<DraftLine>) => void
  onRemove: () => void
  onConfigure: () => void
}

/** One line: what it is, what it costs, what is wrong with it and what is behind its price. */
export function LineCard(props: Props) {
  const { t, i18n } = useTranslation()
  const { line, editable, priced, messages, onRemove, onConfigure } = props
  const [open, setOpen] = useState(false)
  const named = (what: string) => `${what}, ${t('line')} ${line.id}`
  return (
    <Card withBorder padding="sm" component="article" aria-label={`${t('line')} ${line.id}: ${line.name}`} data-testid={`line-${line.id}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <div>
          <Text fw={600}>{line.name} <Marks line={line} refused={priced?.refused} /></Text>
          <Text size="sm" c="dimmed" className="origin">{priced?.part_number ?? line.sku}</Text>
        </div>
        <div className="number">
          <Text fw={600} data-testid="net">{priced?.net ? showAmount(priced.net, i18n.language) : '—'}</Text>
          {priced?.unit_price && <Text size="sm" c="dimmed">{showAmount(priced.unit_price, i18n.language)} / {priced.unit}</Text>}
        </div>
      </Group>
      {editable ? <LineFields {...props} named={named} /> : <LineFacts {...props} />}
      {messages.map((m) => <MessageAlert key={m.code + m.text} message={m} />)}
      {priced && <Guidance line={priced} />}
      <Group mt="xs" gap="xs">
        {line.configurable && <Button size="compact-sm" variant="light" onClick={onConfigure} aria-label={named(t(editable ? 'configure' : 'configuration'))}>{t(editable ? 'configure' : 'configuration')}</Button>}
        {priced?.steps && <Button size="compact-sm" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)} aria-label={named(t('why'))}>{t('why')}</Button>}
        {priced?.availability && <Badge variant="light" color={priced.availability.late ? 'orange' : 'gray'} tt="none">{t('available', { date: priced.availability.date })}</Badge>}
        {priced?.margin_percent && <Badge variant="light" tt="none">{t('margin')} {priced.margin_percent} %</Badge>}
        {editable && <CloseButton ml="auto" onClick={onRemove} aria-label={named(t('remove'))} title={t('remove')} />}
      </Group>
      <Collapse expanded={open}>
        {open && priced && (
          <Stack mt="sm" gap="md">
            <Waterfall steps={priced.steps ?? []} />
            {priced.recurring && <Recurring recurring={priced.recurring} />}
            {priced.components && <BillOfMaterial components={priced.components} />}
          </Stack>
        )}
      </Collapse>
    </Card>
  )
}

/** That a line may not be sold, or comes back. */
function Marks({ line, refused }: { line: DraftLine; refused?: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      {refused && <Badge component="span" color="red" variant="light" tt="none" data-testid="refused">{t('refused')}</Badge>}
      {line.quantity.startsWith('-') && <Badge component="span" variant="light" tt="none">{t('returned')}</Badge>}
    </>
  )
}

function LineFields({ line, salesModel, priced, messages, named, onChange }: Props & { named: (what: string) => string }) {
  const { t } = useTranslation()
  const inputs = useInputs(salesModel, 'line')
  const recurs = priced?.recurring || line.start || line.months || messages.some((m) => m.code === 'missing_term')
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs" verticalSpacing="xs">
        <NumberField
          label={t('quantity')} aria-label={named(t('quantity'))} required withAsterisk={false} value={line.quantity}
          rightSection={<Text size="xs" c="dimmed">{priced?.unit}</Text>} onChange={(quantity) => onChange({ quantity })}
        />
        {recurs && <TextInput label={t('start')} aria-label={named(t('start'))} type="date" value={line.start ?? ''} onChange={(e) => onChange({ start: e.currentTarget.value })} />}
        {recurs && <NumberField label={t('months')} aria-label={named(t('months'))} value={line.months ?? ''} onChange={(months) => onChange({ months })} />}
        {inputs.filter((i) => i.type !== 'boolean').map((i) => (
          <InputField key={i.id} input={i} label={named(i.title)} value={line.inputs[i.id]} onChange={(v) => onChange({ inputs: { ...line.inputs, [i.id]: v } })} />
        ))}
      </SimpleGrid>
      <Switches inputs={inputs} values={line.inputs} label={named} onChange={(values) => onChange({ inputs: values })}>
        <Checkbox label={t('optional')} aria-label={named(t('optional'))} checked={line.optional} onChange={(e) => onChange({ optional: e.currentTarget.checked })} />
      </Switches>
    </Stack>
  )
}

function LineFacts({ line, salesModel, priced }: Props) {
  const { t, i18n } = useTranslation()
  return (
    <Group gap="0.5rem 2rem" align="flex-start">
      <Fact name={t('quantity')}>{showAmount(line.quantity, i18n.language)} {priced?.unit}</Fact>
      {line.start && <Fact name={t('start')}>{line.start}</Fact>}
      {line.months && <Fact name={t('months')}>{line.months}</Fact>}
      <EnteredFacts inputs={useInputs(salesModel, 'line')} values={line.inputs} />
      {line.optional && <Badge variant="light" tt="none">{t('optional')}</Badge>}
    </Group>
  )
}

/** What the engine says about a line or the quote, with its place in the rules. */
export function MessageAlert({ message: m }: { message: Message }) {
  const color = { error: 'red', warning: 'orange', info: 'blue' }[m.severity] ?? 'gray'
  return (
    <Alert color={color} mt="xs" py="xs" role={m.severity === 'error' ? 'alert' : 'status'} data-code={m.code}>
      {m.text}
      {m.source?.file && <Text size="xs" c="dimmed">{m.source.file}{m.source.line ? `:${m.source.line}` : ''}</Text>}
    </Alert>
  )
}
