import { Checkbox, TextInput } from '@mantine/core'
import type { SalesInput } from '../api/types'
import { NumberField } from './NumberField'

/** What a rep entered, by the input's id. */
export type Entered = Record<string, string | boolean>

interface Props {
  input: SalesInput
  value?: string | boolean
  label?: string
  onChange: (value: string | boolean) => void
}

/** One thing a rep may enter, as the sales model declares it. */
export function InputField({ input, value, label, onChange }: Props) {
  if (input.type === 'boolean')
    return <Checkbox label={input.title} aria-label={label} checked={value === true} onChange={(e) => onChange(e.currentTarget.checked)} />
  const text = typeof value === 'string' ? value : ''
  if (input.type === 'number')
    return <NumberField label={input.title} aria-label={label} placeholder={limits(input)} value={text} onChange={onChange} />
  return <TextInput label={input.title} aria-label={label} type={input.type === 'date' ? 'date' : 'text'} value={text} onChange={(e) => onChange(e.currentTarget.value)} />
}

function limits({ min, max }: SalesInput): string | undefined {
  if (min && max) return `${min} – ${max}`
  return min ? `≥ ${min}` : max ? `≤ ${max}` : undefined
}
