import { Badge, Button, Card, Group, Loader, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client'
import type { QuoteSummary } from '../api/types'
import { useUser } from '../app/user'
import { showAmount } from '../lib/amount'

/** The quotes of the deal the panel was opened on, else the newest of all. */
export function QuoteList({ onOpen }: { onOpen: (id?: string) => void }) {
  const { t } = useTranslation()
  const { crm, deal } = useUser().context
  const { data, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['quotes', crm, deal],
    initialPageParam: '',
    queryFn: ({ pageParam }) => answer(api.GET('/v1/quotes', { params: { query: { deal: deal ? `${crm}/${deal}` : undefined, after: pageParam || undefined } } })),
    getNextPageParam: (page) => page.next || undefined,
  })
  const quotes = data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h4">{t('quotes')}</Title>
        <Button onClick={() => onOpen()} data-testid="new-quote">{t('newQuote')}</Button>
      </Group>
      {isPending && <Loader aria-label={t('loading')} />}
      {data && quotes.length === 0 && <Text c="dimmed">{t('noQuotes')}</Text>}
      {quotes.map((q) => <QuoteCard key={q.id} quote={q} onOpen={() => onOpen(q.id)} />)}
      {hasNextPage && <Button variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('more')}</Button>}
    </Stack>
  )
}

function QuoteCard({ quote: q, onOpen }: { quote: QuoteSummary; onOpen: () => void }) {
  const { i18n } = useTranslation()
  return (
    <UnstyledButton onClick={onOpen} data-testid={`quote-${q.number}`}>
      <Card withBorder padding="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Group gap="xs"><Text fw={600}>{q.number}</Text><StateBadge state={q.state} /></Group>
            <Text size="sm" c="dimmed">{[q.title, q.customer_name || q.customer].filter(Boolean).join(' · ')}</Text>
          </div>
          <div className="number">
            {q.totals.net && <Text fw={600}>{showAmount(q.totals.net, i18n.language)} {q.currency}</Text>}
            <Text size="sm" c="dimmed">{new Date(q.updated_at).toLocaleDateString(i18n.language)}</Text>
          </div>
        </Group>
      </Card>
    </UnstyledButton>
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
