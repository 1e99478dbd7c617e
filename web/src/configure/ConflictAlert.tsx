import { Alert, Button, Group, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conflict, Feature } from './selection'
import { titled } from './selection'

interface Props {
  conflict: Conflict
  feature: Feature
  title: (feature: string) => string
  onRepair: (giveUp: string[]) => void
  onDrop: () => void
}

/** A choice that does not go with earlier ones: why, and what could be given up instead. */
export function ConflictAlert({ conflict: c, feature, title, onRepair, onDrop }: Props) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' }) // answers with a promise in some browsers, which is no clean-up
  }, [])
  return (
    <Alert ref={box} className="conflict" color="red" role="alert" mt="xs" title={t('doesNotFit', { choice: `${feature.title}: ${titled(feature, c.value)}` })} data-testid="conflict">
      {c.constraints?.map((k) => <Text size="sm" key={k.id}>{k.message || k.id}</Text>)}
      <Group gap="xs" mt="xs">
        {c.repairs?.map((r) => (
          <Button key={r.give_up?.join()} size="compact-sm" variant="light" onClick={() => onRepair(r.give_up ?? [])} data-testid="repair">
            {t('giveUp', { what: r.give_up?.map(title).join(', ') })}
          </Button>
        ))}
        <Button size="compact-sm" variant="subtle" onClick={onDrop}>{t('giveUp', { what: feature.title })}</Button>
      </Group>
    </Alert>
  )
}
