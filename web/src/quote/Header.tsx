import { Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Fact } from '../fields/Fact'
import { InputField } from '../fields/InputField'
import { EnteredFacts, Switches } from '../fields/Inputs'
import { CustomerField } from './CustomerField'
import type { Draft } from './draft'
import { useInputs, useSalesModels } from './useSalesModels'

interface Props {
  draft: Draft
  editable: boolean
  customerName?: string
  currency?: string
  onChange: (part: Partial<Draft>) => void
}

/** For whom, under which sales model, and until when. */
export function Header(props: Props) {
  return props.editable ? <HeaderFields {...props} /> : <HeaderFacts {...props} />
}

function HeaderFields({ draft, currency, onChange }: Props) {
  const { t } = useTranslation()
  const models = useSalesModels()
  const inputs = useInputs(draft.salesModel, 'quote')
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" verticalSpacing="xs">
        <CustomerField value={draft.customer} onChange={(customer) => onChange({ customer })} />
        <Select
          label={t('salesModel')} value={draft.salesModel || null} allowDeselect={false} data-testid="sales-model" placeholder={t('choose')}
          data={models.data?.items.map((m) => ({ value: m.id, label: m.title || m.id })) ?? []} onChange={(v) => onChange({ salesModel: v ?? '' })}
        />
        <TextInput label={t('title')} value={draft.title} onChange={(e) => onChange({ title: e.currentTarget.value })} />
        <TextInput label={t('validUntil')} type="date" value={draft.validUntil} onChange={(e) => onChange({ validUntil: e.currentTarget.value })} />
        <TextInput label={t('priceDate')} type="date" value={draft.date} onChange={(e) => onChange({ date: e.currentTarget.value })} />
        {currency && <TextInput label={t('currency')} value={currency} readOnly variant="unstyled" />}
        {inputs.filter((i) => i.type !== 'boolean').map((i) => (
          <InputField key={i.id} input={i} value={draft.inputs[i.id]} onChange={(v) => onChange({ inputs: { ...draft.inputs, [i.id]: v } })} />
        ))}
      </SimpleGrid>
      <Switches inputs={inputs} values={draft.inputs} onChange={(values) => onChange({ inputs: values })} />
    </Stack>
  )
}

function HeaderFacts({ draft, customerName, currency }: Props) {
  const { t } = useTranslation()
  const models = useSalesModels()
  const inputs = useInputs(draft.salesModel, 'quote')
  return (
    <Group gap="0.5rem 2rem" align="flex-start">
      <Fact name={t('customer')}>{customerName ? `${customerName} (${draft.customer})` : draft.customer}</Fact>
      <Fact name={t('salesModel')}>{models.data?.items.find((m) => m.id === draft.salesModel)?.title ?? draft.salesModel}</Fact>
      {draft.title && <Fact name={t('title')}>{draft.title}</Fact>}
      {draft.validUntil && <Fact name={t('validUntil')}>{draft.validUntil}</Fact>}
      <Fact name={t('priceDate')}>{draft.date}</Fact>
      <Fact name={t('currency')}>{currency}</Fact>
      <EnteredFacts inputs={inputs} values={draft.inputs} />
    </Group>
  )
}
