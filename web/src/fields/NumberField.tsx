import { TextInput } from '@mantine/core'
import type { TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isDecimal, readNumber, writeNumber } from '../lib/amount'

interface Props extends Omit<TextInputProps, 'value' | 'onChange'> {
  value: string
  onChange: (value: string) => void
}

/** A decimal, typed in the user's language and kept as the API writes it. What cannot be read stays as it was typed. */
export function NumberField({ value, onChange, required, ...rest }: Props) {
  const { t, i18n } = useTranslation()
  const [typed, setTyped] = useState<string>()
  const wrong = value === '' ? required : !isDecimal(value)
  return (
    <TextInput
      {...rest} inputMode="decimal" value={typed ?? writeNumber(value, i18n.language)} error={wrong ? t('notANumber') : undefined}
      onChange={(e) => { setTyped(e.currentTarget.value); onChange(readNumber(e.currentTarget.value, i18n.language) ?? e.currentTarget.value.trim()) }}
      onBlur={() => setTyped(undefined)}
    />
  )
}
