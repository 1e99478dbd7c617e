import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import type { Selection, Value } from '../api/types'
import { FeatureField } from './FeatureField'
import type { Conflict } from './selection'
import { giveUp, label } from './selection'

interface Props {
  sku: string
  date: string
  selection: Selection
  editable: boolean
  onDone: (selection: Selection) => void
}

/** Choose a product's features: after every choice the server says what still fits, and why the rest does not. */
export default function ConfigureDialog({ sku, date, selection, editable, onDone }: Props) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<Selection>(selection)
  const { data, error, isFetching } = useQuery({
    queryKey: ['configure', sku, date, chosen],
    queryFn: ({ signal }) => answer(api.POST('/v1/configure', { body: { sku, date, selection: chosen }, signal })),
    placeholderData: keepPreviousData,
  })
  if (error) return <Alert color="red" role="alert">{error.message}</Alert>
  if (!data) return <Loader />
  const choose = (feature: string, value?: Value) => {
    const next = { ...chosen }
    if (value === undefined) delete next[feature]
    else next[feature] = value
    setChosen(next)
  }
  const title = (id: string) => data.features.find((f) => f.id === id)?.title ?? id
  const complete = () => setChosen({ ...(data.completion as Selection), ...chosen })
  return (
    <Stack gap="md" aria-busy={isFetching} data-testid="configure">
      {data.features.map((f) => (
        <FeatureField
          key={f.id} feature={f} chosen={chosen[f.id]} assigned={data.values[f.id]} domain={data.domains[f.id] ?? []} excluded={data.excluded?.[f.id] ?? {}}
          title={title} disabled={!editable} onChoose={(v) => choose(f.id, v)}
          onRepair={(value, features) => setChosen({ ...giveUp(chosen, features), [f.id]: value })}
        />
      ))}
      {data.conflicts.map((c) => (
        <ConflictAlert key={c.feature} conflict={c} title={title} onRepair={(features) => setChosen(giveUp(chosen, features))} onDrop={() => choose(c.feature!)} />
      ))}
      <Group justify="space-between" aria-live="polite">
        <div>
          <Text size="sm" fw={600} data-testid="part-number">{data.part_number}</Text>
          <Text size="sm" c="dimmed">{data.complete ? t('complete') : t('incomplete')}</Text>
        </div>
        <Group gap="sm">
          {editable && data.completion && !data.complete && <Button variant="light" onClick={complete} data-testid="complete">{t('completeForMe')}</Button>}
          {editable && <Button onClick={() => onDone(chosen)} disabled={data.conflicts.length > 0} data-testid="configure-done">{t('apply')}</Button>}
        </Group>
      </Group>
    </Stack>
  )
}

function ConflictAlert({ conflict: c, title, onRepair, onDrop }: { conflict: Conflict; title: (feature: string) => string; onRepair: (features: string[]) => void; onDrop: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert color="red" role="alert" title={t('doesNotFit', { choice: `${title(c.feature ?? '')}: ${label(c.value)}` })} data-testid="conflict">
      {c.constraints?.map((k) => <Text size="sm" key={k.id}>{k.message}</Text>)}
      <Group gap="xs" mt="xs">
        {c.repairs?.map((r) => (
          <Button key={r.give_up?.join()} size="compact-sm" variant="light" onClick={() => onRepair(r.give_up ?? [])} data-testid="repair">
            {t('giveUp', { what: r.give_up?.map(title).join(', ') })}
          </Button>
        ))}
        <Button size="compact-sm" variant="subtle" onClick={onDrop}>{t('giveUp', { what: title(c.feature ?? '') })}</Button>
      </Group>
    </Alert>
  )
}
