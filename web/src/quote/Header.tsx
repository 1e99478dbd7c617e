import { Combobox, InputBase, Select, SimpleGrid, Switch, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import type { Draft } from './draft'

interface Props {
  draft: Draft
  editable: boolean
  currency?: string
  onChange: (part: Partial<Draft>) => void
}

export function useSalesModels() {
  return useQuery({ queryKey: ['sales-models'], queryFn: () => answer(api.GET('/v1/sales-models')), staleTime: 60_000 })
}

/** For whom, under which sales model, and until when. */
export function Header({ draft, editable, currency, onChange }: Props) {
  const { t } = useTranslation()
  const models = useSalesModels()
  const inputs = models.data?.items.find((m) => m.id === draft.salesModel)?.inputs.filter((i) => i.scope === 'quote') ?? []
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
      <CustomerField value={draft.customer} disabled={!editable} onChange={(customer) => onChange({ customer })} />
      <Select
        label={t('salesModel')} disabled={!editable} value={draft.salesModel || null} allowDeselect={false} data-testid="sales-model"
        data={models.data?.items.map((m) => ({ value: m.id, label: m.title || m.id })) ?? []} onChange={(v) => onChange({ salesModel: v ?? '' })}
      />
      <TextInput label={t('title')} disabled={!editable} value={draft.title} onChange={(e) => onChange({ title: e.currentTarget.value })} />
      <TextInput label={t('validUntil')} type="date" disabled={!editable} value={draft.validUntil} onChange={(e) => onChange({ validUntil: e.currentTarget.value })} />
      <TextInput label={t('priceDate')} type="date" disabled={!editable} value={draft.date} onChange={(e) => onChange({ date: e.currentTarget.value })} />
      {currency && <TextInput label={t('currency')} value={currency} readOnly variant="unstyled" />}
      {inputs.map((i) => (
        <InputField key={i.id} input={i} disabled={!editable} value={draft.inputs[i.id]} onChange={(v) => onChange({ inputs: { ...draft.inputs, [i.id]: v } })} />
      ))}
    </SimpleGrid>
  )
}

interface Input {
  id: string
  title: string
  type: string
}

/** One thing a rep may enter, as the sales model declares it. */
export function InputField({ input, value, disabled, label, onChange }: { input: Input; value?: string | boolean; disabled: boolean; label?: string; onChange: (v: string | boolean) => void }) {
  if (input.type === 'boolean')
    return <Switch label={input.title} aria-label={label} mt="lg" disabled={disabled} checked={value === true} onChange={(e) => onChange(e.currentTarget.checked)} />
  return (
    <TextInput
      label={input.title} aria-label={label} disabled={disabled} value={typeof value === 'string' ? value : ''}
      type={input.type === 'date' ? 'date' : 'text'} inputMode={input.type === 'number' ? 'decimal' : undefined} onChange={(e) => onChange(e.currentTarget.value)}
    />
  )
}

function CustomerField({ value, disabled, onChange }: { value: string; disabled: boolean; onChange: (id: string) => void }) {
  const { t } = useTranslation()
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const [typed, setTyped] = useState<string>()
  const [q] = useDebouncedValue(typed ?? '', 200)
  const found = useQuery({ queryKey: ['customers', q], enabled: typed !== undefined, queryFn: () => answer(api.GET('/v1/customers', { params: { query: { q, limit: 20 } } })) })
  const chosen = useQuery({ queryKey: ['customer', value], enabled: value !== '', queryFn: () => answer(api.GET('/v1/customers/{id}', { params: { path: { id: value } } })) })
  const shown = value ? `${chosen.data?.name ?? ''} (${value})` : ''
  return (
    <Combobox store={box} onOptionSubmit={(id) => { onChange(id); setTyped(undefined); box.closeDropdown() }}>
      <Combobox.Target>
        <InputBase
          label={t('customer')} disabled={disabled} value={typed ?? shown} placeholder={t('searchCustomer')} data-testid="customer"
          onFocus={() => box.openDropdown()} onBlur={() => { setTyped(undefined); box.closeDropdown() }}
          onChange={(e) => { setTyped(e.currentTarget.value); box.openDropdown(); box.updateSelectedOptionIndex() }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={typed === undefined}>
        <Combobox.Options mah={260} style={{ overflowY: 'auto' }}>
          {found.data?.items.map((c) => <Combobox.Option key={c.id} value={c.id}>{c.name} ({c.id})</Combobox.Option>)}
          {found.data?.items.length === 0 && <Combobox.Empty>{t('nothingFound')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
