import { Badge, Box, Container, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import { QuoteList } from '../quotes/QuoteList'
import { QuotePage } from '../quote/QuotePage'
import { useUser } from './user'

/** Either the list of quotes or one quote; a quote without id is a new one. */
export type Place = { list: true } | { list: false; id?: string }

export function Workplace() {
  const [place, go] = useState<Place>({ list: true })
  return (
    <Container size="xl" px="sm" py="sm">
      <Freshness />
      <Box component="main">
        {place.list ? <QuoteList onOpen={(id) => go({ list: false, id })} /> : <QuotePage key={place.id ?? 'new'} id={place.id} onSaved={(id) => go({ list: false, id })} onClose={() => go({ list: true })} />}
      </Box>
    </Container>
  )
}

function Freshness() {
  const { t } = useTranslation()
  const user = useUser()
  const { data } = useQuery({ queryKey: ['catalog'], queryFn: () => answer(api.GET('/v1/catalog')), refetchInterval: 60_000 })
  return (
    <Group component="header" justify="space-between" mb="xs" gap="xs">
      <Text size="sm" fw={600}>{user.context.deal_name ?? 'Quotewright'}</Text>
      <Group gap="xs">
        {data && (
          <Badge variant="light" color={data.stale ? 'orange' : 'gray'} tt="none" data-testid="freshness">
            {data.stale ? t('catalogStale', { age: age(data.age_seconds, t) }) : t('catalogAge', { age: age(data.age_seconds, t) })}
          </Badge>
        )}
        <Text size="sm" c="dimmed">{user.name}</Text>
      </Group>
    </Group>
  )
}

function age(seconds: number, t: (key: string, values: { count: number }) => string): string {
  if (seconds < 90) return t('seconds', { count: seconds })
  if (seconds < 5400) return t('minutes', { count: Math.round(seconds / 60) })
  return t('hours', { count: Math.round(seconds / 3600) })
}
