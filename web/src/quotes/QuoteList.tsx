import { Badge, Button, Card, Group, Loader, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import { useUser } from '../app/user'

/** The quotes of the deal the panel was opened on, else the newest of all. */
export function QuoteList({ onOpen }: { onOpen: (id?: string) => void }) {
  const { t } = useTranslation()
  const { crm, deal } = useUser().context
  const { data, isPending } = useQuery({
    queryKey: ['quotes', crm, deal],
    queryFn: () => answer(api.GET('/v1/quotes', { params: { query: deal ? { deal: `${crm}/${deal}` } : {} } })),
  })
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h4">{t('quotes')}</Title>
        <Button onClick={() => onOpen()} data-testid="new-quote">{t('newQuote')}</Button>
      </Group>
      {isPending && <Loader />}
      {data?.items.length === 0 && <Text c="dimmed">{t('noQuotes')}</Text>}
      {data?.items.map((q) => (
        <UnstyledButton key={q.id} onClick={() => onOpen(q.id)} data-testid={`quote-${q.number}`}>
          <Card withBorder padding="sm">
            <Group justify="space-between" wrap="nowrap">
              <div>
                <Text fw={600}>{q.number}</Text>
                <Text size="sm" c="dimmed">{q.title || q.customer_name || q.customer}</Text>
              </div>
              <StateBadge state={q.state} />
            </Group>
          </Card>
        </UnstyledButton>
      ))}
    </Stack>
  )
}

const colors: Record<string, string> = {
  draft: 'gray', in_approval: 'orange', approved: 'teal', sent: 'blue', accepted: 'indigo', ordering: 'indigo', ordered: 'green',
  declined: 'red', expired: 'red', cancelled: 'red',
}

export function StateBadge({ state }: { state: string }) {
  const { t } = useTranslation()
  return <Badge color={colors[state] ?? 'gray'} variant="light" autoContrast data-testid="state" data-state={state}>{t(`state.${state}`)}</Badge>
}
