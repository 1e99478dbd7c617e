import { Badge, Button, Group, Paper, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Value } from '../api/types'
import { readNumber } from '../lib/amount'
import type { Assigned, Conflict, Feature } from './selection'
import { label, ranges, toggle } from './selection'

interface Props {
  feature: Feature
  chosen?: Value
  assigned?: Assigned
  domain: unknown[]
  excluded: Record<string, Conflict>
  title: (feature: string) => string
  disabled: boolean
  onChoose: (value?: Value) => void
  onRepair: (value: Value, giveUp: string[]) => void
}

/** One feature. What does not fit stays visible, with the reason and the way to make it fit. */
export function FeatureField(props: Props) {
  const { t } = useTranslation()
  const { feature, assigned, chosen, disabled, onChoose } = props
  return (
    <div role="group" aria-label={feature.title} data-testid={`feature-${feature.id}`}>
      <Group gap="xs" mb={4}>
        <Text size="sm" fw={600}>{feature.title}</Text>
        {assigned && assigned.by !== 'user' && (
          <Badge size="sm" variant="light" color={assigned.by === 'forced' ? 'orange' : 'gray'} tt="none">
            {t(`by.${assigned.by}`)}{assigned.because?.length ? `: ${assigned.because.join(', ')}` : ''}
          </Badge>
        )}
        {chosen !== undefined && !disabled && <Button size="compact-xs" variant="subtle" onClick={() => onChoose(undefined)} aria-label={`${t('clear')}: ${feature.title}`}>{t('clear')}</Button>}
      </Group>
      {feature.kind === 'integer' ? <IntegerField {...props} /> : <OptionField {...props} />}
    </div>
  )
}

function IntegerField({ feature, assigned, chosen, domain, disabled, onChoose }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<string>()
  const value = typed ?? (typeof chosen === 'string' ? chosen : assigned ? label(assigned.value) : '')
  const commit = () => {
    const number = typed === undefined ? undefined : readNumber(typed)
    if (number !== undefined) onChoose(number)
    setTyped(undefined)
  }
  return (
    <TextInput
      aria-label={feature.title} description={t('allowed', { ranges: ranges(domain) })} inputMode="numeric" maw={240} disabled={disabled} value={value}
      onChange={(e) => setTyped(e.currentTarget.value)} onBlur={commit} onKeyDown={(e) => e.key === 'Enter' && commit()}
    />
  )
}

interface Choosable {
  key: string
  title: string
  value: Value
  on: boolean
  fits: boolean
}

function OptionField(props: Props) {
  const { t } = useTranslation()
  const { feature, chosen, assigned, domain, excluded, title, disabled, onChoose, onRepair } = props
  const current = (chosen ?? assigned?.value) as Value | undefined
  const several = feature.kind === 'select'
  const list = Array.isArray(current) ? current : []
  const options: Choosable[] =
    feature.kind === 'boolean'
      ? [true, false].map((v) => ({ key: String(v), title: t(v ? 'yes' : 'no'), value: v, on: current === v, fits: domain.includes(v) }))
      : (feature.options ?? []).map((o) => ({
          key: o.id, title: o.title || o.id, value: several ? toggle(list, o.id) : o.id, on: several ? list.includes(o.id) : current === o.id, fits: domain.includes(o.id),
        }))
  return (
    <Group gap="xs" align="stretch">
      {options.map((o) => {
        const why = o.on || o.fits ? undefined : excluded[o.key]
        const reason = why?.constraints?.map((c) => c.message).join('; ')
        return (
          <Paper key={o.key} withBorder p={0} bg={o.on ? 'var(--mantine-primary-color-light)' : undefined}>
            <UnstyledButton
              px="sm" py={6} role={several ? 'checkbox' : 'radio'} aria-checked={o.on} disabled={disabled} data-option={o.key} data-fits={o.on || (o.fits && !why)}
              onClick={() => onChoose(o.value)} style={{ opacity: why ? 0.65 : 1 }}
            >
              <Text size="sm" fw={o.on ? 600 : undefined}>{o.title}</Text>
              {reason && <Text size="xs" c="dimmed" maw={260}>{reason}</Text>}
            </UnstyledButton>
            {why?.repairs?.slice(0, 1).map((r) => (
              <Button key="repair" fullWidth size="compact-xs" variant="subtle" disabled={disabled} onClick={() => onRepair(o.value, r.give_up ?? [])}>
                {t('giveUp', { what: r.give_up?.map(title).join(', ') })}
              </Button>
            ))}
          </Paper>
        )
      })}
    </Group>
  )
}
