import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import type { Quote } from '../api/types'
import { Dialog } from '../app/Dialog'
import { showAmount } from '../lib/amount'
import { Totals } from './Totals'
import { Waterfall } from './Waterfall'

/** Every revision there was; each can be looked at as it was stored. */
export function Revisions({ quote }: { quote: Quote }) {
  const { t, i18n } = useTranslation()
  const [shown, setShown] = useState<number>()
  const list = useQuery({
    queryKey: ['revisions', quote.id, quote.revision],
    queryFn: () => answer(api.GET('/v1/quotes/{id}/revisions', { params: { path: { id: quote.id } } })),
  })
  const one = useQuery({
    queryKey: ['revision', quote.id, shown],
    enabled: shown !== undefined,
    queryFn: () => answer(api.GET('/v1/quotes/{id}/revisions/{number}', { params: { path: { id: quote.id, number: shown! } } })),
  })
  if (!list.data || list.data.items.length < 2) return null
  return (
    <Stack gap={4} component="section" aria-label={t('revisions')}>
      <Text size="sm" fw={600}>{t('revisions')}</Text>
      {list.data.items.map((r) => (
        <Group key={r.number} gap="xs">
          <Button size="compact-xs" variant="subtle" onClick={() => setShown(r.number)}>{t('revision', { number: r.number })}</Button>
          <Text size="xs" c="dimmed">{new Date(r.at).toLocaleString(i18n.language)} · {r.by}</Text>
          <Text size="xs" className="number">{r.totals.net && showAmount(r.totals.net, i18n.language)}</Text>
        </Group>
      ))}
      <Dialog opened={shown !== undefined} onClose={() => setShown(undefined)} size="xl" title={t('revision', { number: shown })}>
        {one.data && (
          <Stack>
            {one.data.evaluation.lines?.map((l) => (
              <div key={l.id}>
                <Text fw={600}>{l.quantity} {l.unit} {l.name}</Text>
                <Waterfall steps={l.steps ?? []} />
              </div>
            ))}
            <Totals evaluation={one.data.evaluation} updating={false} />
          </Stack>
        )}
      </Dialog>
    </Stack>
  )
}
