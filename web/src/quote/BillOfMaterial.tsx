import { Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Component } from '../api/types'
import { showAmount } from '../lib/amount'

/** What the line is made of, as a tree. Costs show only for those whose answer holds them. */
export function BillOfMaterial({ components }: { components: Component[] }) {
  const { t, i18n } = useTranslation()
  const costs = components.some((c) => c.cost)
  return (
    <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" data-testid="bom" role="treegrid">
      <Table.Caption>{t('bom')}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('component')}</Table.Th>
          <Table.Th className="number">{t('quantity')}</Table.Th>
          {costs && <Table.Th className="number">{t('cost')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {components.map((c, i) => (
          <Table.Tr key={i} role="row" aria-level={c.level}>
            <Table.Td pl={`calc(var(--mantine-spacing-xs) + ${(c.level - 1) * 1.1}rem)`}>
              <b>{c.sku}</b> {c.name}
            </Table.Td>
            <Table.Td className="number">{showAmount(c.quantity, i18n.language)} {c.unit}</Table.Td>
            {costs && <Table.Td className="number">{c.cost ? showAmount(c.cost, i18n.language) : ''}</Table.Td>}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
