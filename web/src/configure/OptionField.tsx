import { Button, Group, Text, UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Value } from '../api/types'
import type { FeatureProps } from './FeatureField'
import type { Conflict } from './selection'
import { toggle } from './selection'

interface Choosable {
  key: string
  title: string
  value: Value // the feature's value when this is chosen
  on: boolean
  fits: boolean
}

/** The options of a feature. What does not fit stays visible and can be chosen, with the reason and the way to make it fit. */
export function OptionField(props: FeatureProps) {
  const { feature, excluded, title, disabled, onChoose, onRepair } = props
  return (
    <Group gap="xs" align="stretch">
      {useOptions(props).map((o) => (
        <Choice
          key={o.key} option={o} several={feature.kind === 'select'} why={o.on || o.fits ? undefined : excluded[o.key]} title={title} disabled={disabled}
          onChoose={() => onChoose(o.value)} onRepair={(features) => onRepair(o.value, features)}
        />
      ))}
    </Group>
  )
}

function useOptions({ feature, chosen, assigned, domain }: FeatureProps): Choosable[] {
  const { t } = useTranslation()
  const current = (chosen ?? assigned?.value) as Value | undefined
  if (feature.kind === 'boolean')
    return [true, false].map((v) => ({ key: String(v), title: t(v ? 'yes' : 'no'), value: v, on: current === v, fits: domain.includes(v) }))
  const several = feature.kind === 'select'
  const list = Array.isArray(current) ? current : []
  return (feature.options ?? []).map((o) => ({
    key: o.id, title: o.title || o.id, value: several ? toggle(list, o.id) : o.id, on: several ? list.includes(o.id) : current === o.id, fits: domain.includes(o.id),
  }))
}

interface ChoiceProps {
  option: Choosable
  several: boolean
  why?: Conflict
  title: (feature: string) => string
  disabled: boolean
  onChoose: () => void
  onRepair: (giveUp: string[]) => void
}

function Choice({ option: o, several, why, title, disabled, onChoose, onRepair }: ChoiceProps) {
  const { t } = useTranslation()
  const reason = why?.constraints?.map((c) => c.message || c.id).join('; ')
  return (
    <div className="choice" data-on={o.on} data-excluded={why !== undefined}>
      <UnstyledButton
        px="sm" py={6} w="100%" role={several ? 'checkbox' : 'radio'} aria-checked={o.on} disabled={disabled} data-option={o.key} data-fits={o.on || (o.fits && !why)} onClick={onChoose}
      >
        <Text size="sm" fw={o.on ? 600 : undefined}>{o.title}</Text>
        {reason && <Text size="xs">{reason}</Text>}
      </UnstyledButton>
      {why?.repairs?.slice(0, 1).map((r) => (
        <Button key="repair" fullWidth size="compact-xs" variant="subtle" disabled={disabled} onClick={() => onRepair(r.give_up ?? [])} aria-label={`${o.title}: ${t('giveUp', { what: r.give_up?.map(title).join(', ') })}`}>
          {t('giveUp', { what: r.give_up?.map(title).join(', ') })}
        </Button>
      ))}
    </div>
  )
}
