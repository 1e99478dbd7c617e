import { Badge, Group, Paper, Select, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'

interface Found {
  sku: string
  name: string
  configurable: boolean
  minimum: string
}

/** Finds products by words and family, and adds one to the quote. */
export function ProductSearch({ onAdd }: { onAdd: (p: Found) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [family, setFamily] = useState<string | null>(null)
  const [q] = useDebouncedValue(text.trim(), 200)
  const search = useQuery({
    queryKey: ['products', q, family],
    enabled: q !== '' || family !== null,
    queryFn: () => answer(api.GET('/v1/products', { params: { query: { q, family: family ?? undefined, limit: 20 } } })),
  })
  const families = useQuery({ queryKey: ['families'], staleTime: 60_000, queryFn: () => answer(api.GET('/v1/products', { params: { query: { limit: 200 } } })) })
  const paths = [...new Set(families.data?.items.flatMap((p) => branches(p.family ?? '')))].sort()
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('addProduct')}>
      <Group align="flex-end" gap="sm">
        <TextInput label={t('addProduct')} placeholder={t('searchProduct')} flex={2} miw={180} value={text} onChange={(e) => setText(e.currentTarget.value)} data-testid="product-search" />
        <Select label={t('family')} flex={1} miw={140} clearable clearButtonProps={{ 'aria-label': t('clear') }} data={paths} searchable nothingFoundMessage={t('nothingFound')} value={family} onChange={setFamily} />
      </Group>
      <Stack gap={2} mt="xs" aria-live="polite">
        {search.data?.items.map((p) => (
          <UnstyledButton
            key={p.sku} p="xs" data-testid={`add-${p.sku}`}
            onClick={() => { onAdd({ sku: p.sku, name: p.name, configurable: !!p.model, minimum: p.min_quantity !== '0' ? p.min_quantity : '1' }); setText(''); setFamily(null) }}
          >
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm"><b>{p.sku}</b> {p.name}</Text>
              <Group gap={4} wrap="nowrap">
                {p.model && <Badge size="sm" variant="light" tt="none">{t('configurable')}</Badge>}
                {p.status !== 'active' && <Badge size="sm" variant="light" color="orange" tt="none">{t(`product.${p.status}`)}</Badge>}
              </Group>
            </Group>
          </UnstyledButton>
        ))}
        {search.data?.items.length === 0 && <Text size="sm" c="dimmed">{t('nothingFound')}</Text>}
      </Stack>
    </Paper>
  )
}

/** Every family above a path, and itself: "pumps/skids" → "pumps", "pumps/skids". */
function branches(path: string): string[] {
  const parts = path.split('/').filter(Boolean)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}
