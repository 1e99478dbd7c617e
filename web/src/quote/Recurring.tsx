import { Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EvaluatedLine } from '../api/types'
import { runs } from './charges'
import { showAmount } from '../lib/amount'

/** What is paid again and again, with its schedule. */
export function Recurring({ recurring: r }: { recurring: NonNullable<EvaluatedLine['recurring']> }) {
  const { t, i18n } = useTranslation()
  const show = (amount: string | null) => showAmount(amount ?? '', i18n.language)
  return (
    <div data-testid="recurring">
      <Text size="sm">{t('perPeriod', { amount: show(r.per_period), period: t(`period.${r.period}`, r.period) })} · {r.start} – {r.end} · {t('aYear', { amount: show(r.annual) })}</Text>
      <Table fz="sm" verticalSpacing={4} mt={4}>
        <caption className="visually-hidden">{t('charges')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('charged')}</Table.Th>
            <Table.Th className="number">{t('times')}</Table.Th>
            <Table.Th className="number">{t('amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs(r.charges ?? []).map((c) => (
            <Table.Tr key={c.from}>
              <Table.Td>{c.from} – {c.to}</Table.Td>
              <Table.Td className="number">{c.times}</Table.Td>
              <Table.Td className="number">{show(c.amount)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
