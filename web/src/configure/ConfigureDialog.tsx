import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import type { Selection, Value } from '../api/types'
import { explain } from '../app/notify'
import { ConflictAlert } from './ConflictAlert'
import { FeatureField } from './FeatureField'
import { giveUp, reasons } from './selection'

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
  if (error) return <Alert color="red" role="alert" style={{ whiteSpace: 'pre-line' }}>{explain(error)}</Alert>
  if (!data) return <Loader aria-label={t('loading')} />
  const choose = (feature: string, value?: Value) => {
    const next = { ...chosen }
    if (value === undefined) delete next[feature]
    else next[feature] = value
    setChosen(next)
  }
  const title = (id: string) => data.features.find((f) => f.id === id)?.title ?? id
  const why = reasons(data)
  const conflicts = data.conflicts.length
  return (
    <Stack gap="md" aria-busy={isFetching} data-testid="configure">
      {data.features.map((f) => (
        <div key={f.id}>
          <FeatureField
            feature={f} chosen={chosen[f.id]} assigned={data.values[f.id]} domain={data.domains[f.id] ?? []} excluded={data.excluded?.[f.id] ?? {}}
            title={title} why={why} disabled={!editable} onChoose={(v) => choose(f.id, v)}
            onRepair={(value, features) => setChosen({ ...giveUp(chosen, features), [f.id]: value })}
          />
          {data.conflicts.filter((c) => c.feature === f.id).map((c) => (
            <ConflictAlert key={f.id} conflict={c} feature={f} title={title} onRepair={(features) => setChosen(giveUp(chosen, features))} onDrop={() => choose(f.id)} />
          ))}
        </div>
      ))}
      {data.problems.map((p) => <Alert key={p.feature + p.text} color="red" role="alert">{title(p.feature)}: {p.text}</Alert>)}
      <Group justify="space-between" className="dialog-footer">
        <div aria-live="polite">
          <Text size="sm" fw={600} className="origin" data-testid="part-number">{data.part_number}</Text>
          <Text size="sm" c="dimmed">{conflicts > 0 ? t('conflicts', { count: conflicts }) : data.complete ? t('complete') : t('incomplete')}</Text>
        </div>
        <Group gap="sm">
          {editable && data.completion && !data.complete && conflicts === 0 && (
            <Button variant="light" onClick={() => setChosen({ ...(data.completion as Selection), ...chosen })} data-testid="complete">{t('completeForMe')}</Button>
          )}
          {editable && <Button onClick={() => onDone(chosen)} disabled={conflicts > 0} data-testid="configure-done">{t('apply')}</Button>}
        </Group>
      </Group>
    </Stack>
  )
}
