import { Table, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Component } from '../api/types'
import { showAmount } from '../lib/amount'
import { visibleRows } from './bomTree'

/** What the line is made of, as a tree. Costs show only for those whose answer holds them. */
export function BillOfMaterial({ components }: { components: Component[] }) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const toggle = (index: number) => setOpen((was) => new Set(was.has(index) ? [...was].filter((i) => i !== index) : [...was, index]))
  const costs = components.some((c) => c.cost)
  return (
    <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" data-testid="bom">
      <caption className="visually-hidden">{t('bom')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('bom')}</Table.Th>
          <Table.Th className="number">{t('quantity')}</Table.Th>
          {costs && <Table.Th className="number">{t('cost')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {visibleRows(components.map((c) => c.level), open).map(({ index, parent }) => {
          const c = components[index]!
          const name = <><b>{c.sku}</b> {c.name}</>
          return (
            <Table.Tr key={index} data-level={c.level}>
              <Table.Td pl={`calc(var(--mantine-spacing-xs) + ${c.level - 1 + (parent ? 0 : 1)}rem)`}>
                {parent ? <UnstyledButton fz="sm" aria-expanded={open.has(index)} onClick={() => toggle(index)}><span className="twist" aria-hidden />{name}</UnstyledButton> : name}
              </Table.Td>
              <Table.Td className="number">{showAmount(c.quantity, i18n.language)} {c.unit}</Table.Td>
              {costs && <Table.Td className="number">{c.cost ? showAmount(c.cost, i18n.language) : ''}</Table.Td>}
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
