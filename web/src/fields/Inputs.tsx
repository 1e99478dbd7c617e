import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SalesInput } from '../api/types'
import { writeNumber } from '../lib/amount'
import { Fact } from './Fact'
import { InputField } from './InputField'
import type { Entered } from './InputField'

interface Props {
  inputs: SalesInput[]
  values: Entered
  label?: (title: string) => string
  children?: ReactNode // further switches
  onChange: (values: Entered) => void
}

/** The switches among the inputs, in one row. */
export function Switches({ inputs, values, label, children, onChange }: Props) {
  const switches = inputs.filter((i) => i.type === 'boolean')
  if (switches.length === 0 && !children) return null
  return (
    <Group gap="0.5rem 1.25rem">
      {switches.map((i) => (
        <InputField key={i.id} input={i} label={label?.(i.title)} value={values[i.id]} onChange={(v) => onChange({ ...values, [i.id]: v })} />
      ))}
      {children}
    </Group>
  )
}

/** What was entered, where it cannot be changed now. */
export function EnteredFacts({ inputs, values }: { inputs: SalesInput[]; values: Entered }) {
  const { t, i18n } = useTranslation()
  const given = inputs.filter((i) => values[i.id] !== undefined && values[i.id] !== '' && values[i.id] !== false)
  return given.map((i) => (
    <Fact key={i.id} name={i.title}>{values[i.id] === true ? t('yes') : writeNumber(String(values[i.id]), i18n.language)}</Fact>
  ))
}
