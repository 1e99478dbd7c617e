import { Alert, Badge, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Evaluation, Quote } from '../api/types'

/** Which approvals the quote needs, or, once asked, how they stand. */
export function Approvals({ needed, asked }: { needed: NonNullable<Evaluation['approvals']>; asked: NonNullable<Quote['approvals']> }) {
  const { t } = useTranslation()
  const status = new Map(asked.map((a) => [a.id, a]))
  const list = asked.length > 0 ? asked : needed
  if (list.length === 0) return null
  return (
    <Alert color={asked.length > 0 && asked.every((a) => a.status === 'approved') ? 'gray' : 'orange'} title={t('approvals')} component="section" data-testid="approvals">
      {list.map((a) => (
        <Group key={a.id} gap="xs" data-approval={a.id}>
          <Text size="sm" fw={600}>{a.roles?.join(a.order === 'sequence' ? ' → ' : ', ')}</Text>
          <Text size="sm">{a.reason}</Text>
          {a.lines && a.lines.length > 0 && <Text size="sm" c="dimmed">{t('onLines', { lines: a.lines.join(', ') })}</Text>}
          {status.has(a.id) && <Badge variant="light" tt="none" color={status.get(a.id)!.status === 'approved' ? 'green' : status.get(a.id)!.status === 'rejected' ? 'red' : 'orange'}>{t(`approval.${status.get(a.id)!.status}`)}</Badge>}
        </Group>
      ))}
    </Alert>
  )
}
