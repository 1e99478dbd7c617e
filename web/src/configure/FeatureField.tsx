import { Badge, Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Value } from '../api/types'
import { readNumber } from '../lib/amount'
import { OptionField } from './OptionField'
import type { Assigned, Conflict, Feature } from './selection'
import { label, ranges } from './selection'

export interface FeatureProps {
  feature: Feature
  chosen?: Value
  assigned?: Assigned
  domain: unknown[]
  excluded: Record<string, Conflict>
  title: (feature: string) => string
  why: (constraint: string) => string
  disabled: boolean
  onChoose: (value?: Value) => void
  onRepair: (value: Value, giveUp: string[]) => void
}

/** One feature: its name, who set its value, and the field to choose it. */
export function FeatureField(props: FeatureProps) {
  const { t } = useTranslation()
  const { feature, assigned, chosen, why, disabled, onChoose } = props
  return (
    <div role="group" aria-label={feature.title} data-testid={`feature-${feature.id}`}>
      <Group gap="xs" mb={4}>
        <Text size="sm" fw={600}>{feature.title}</Text>
        {assigned && assigned.by !== 'user' && (
          <Badge size="sm" variant="light" color={assigned.by === 'forced' ? 'orange' : 'gray'} tt="none" h="auto" styles={{ label: { whiteSpace: 'normal' } }}>
            {t(`by.${assigned.by}`)}{assigned.because?.length ? `: ${assigned.because.map(why).join('; ')}` : ''}
          </Badge>
        )}
        {chosen !== undefined && !disabled && <Button size="compact-xs" variant="subtle" onClick={() => onChoose(undefined)} aria-label={`${t('clear')}: ${feature.title}`}>{t('clear')}</Button>}
      </Group>
      {feature.kind === 'integer' ? <IntegerField {...props} /> : <OptionField {...props} />}
    </div>
  )
}

function IntegerField({ feature, assigned, chosen, domain, disabled, onChoose }: FeatureProps) {
  const { t, i18n } = useTranslation()
  const [typed, setTyped] = useState<string>()
  const value = typed ?? (typeof chosen === 'string' ? chosen : assigned ? label(assigned.value) : '')
  const commit = () => {
    const number = typed === undefined ? undefined : readNumber(typed, i18n.language)
    if (number !== undefined) onChoose(number)
    setTyped(undefined)
  }
  return (
    <TextInput
      aria-label={feature.title} description={domain.length > 0 ? t('allowed', { ranges: ranges(domain) }) : undefined} inputMode="numeric" maw={240} disabled={disabled} value={value}
      onChange={(e) => setTyped(e.currentTarget.value)} onBlur={commit} onKeyDown={(e) => e.key === 'Enter' && commit()}
    />
  )
}
