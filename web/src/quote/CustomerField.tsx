import { Combobox, InputBase, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'

/** Finds the customer by name or number. */
export function CustomerField({ value, onChange }: { value: string; onChange: (id: string) => void }) {
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
          label={t('customer')} value={typed ?? shown} placeholder={t('searchCustomer')} data-testid="customer"
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
