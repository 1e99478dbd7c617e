import { Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Step } from '../api/types'
import { bars, showAmount } from '../lib/amount'

/** The price waterfall: each step's amount, the price so far, where it comes from, and what lost to it. */
export function Waterfall({ steps }: { steps: Step[] }) {
  const { t, i18n } = useTranslation()
  const geometry = bars(steps.map((s) => ({ amount: s.amount ?? '0', running: s.running ?? '0', total: s.kind === 'subtotal' })))
  return (
    <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" data-testid="waterfall">
      <Table.Caption>{t('waterfall')}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('step')}</Table.Th>
          <Table.Th className="number">{t('amount')}</Table.Th>
          <Table.Th className="number" visibleFrom="xs">{t('running')}</Table.Th>
          <Table.Th visibleFrom="sm" w="30%"><span className="visually-hidden">{t('picture')}</span></Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {steps.map((s, i) => (
          <Table.Tr key={s.id} data-step={s.id}>
            <Table.Td>
              <Text size="sm" fw={s.kind === 'subtotal' ? 600 : undefined}>{s.title || s.id}{s.rate ? ` ${s.rate} %` : ''}</Text>
              <Origin step={s} />
            </Table.Td>
            <Table.Td className="number">
              {s.kind === 'subtotal' ? <Text size="sm" fw={600} hiddenFrom="xs">{showAmount(s.running ?? '', i18n.language)}</Text> : showAmount(s.amount ?? '', i18n.language)}
            </Table.Td>
            <Table.Td className="number" visibleFrom="xs">{showAmount(s.running ?? '', i18n.language)}</Table.Td>
            <Table.Td visibleFrom="sm">
              <div className="waterfall-track" aria-hidden>
                <div className="waterfall-bar" data-lowers={s.amount?.startsWith('-')} data-total={s.kind === 'subtotal'} style={{ left: `${geometry[i]!.left}%`, width: `${geometry[i]!.width}%` }} />
              </div>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Origin({ step: s }: { step: Step }) {
  const place = [s.source?.file && `${s.source.file}:${s.source.line}`, s.source?.record].filter(Boolean).join(' · ')
  return (
    <>
      {(place || s.note) && <Text size="xs" c="dimmed" className="origin">{[place, s.note].filter(Boolean).join(' — ')}</Text>}
      {s.lost?.map((l) => <Text size="xs" c="dimmed" className="origin" key={l.id + l.reason}><span className="lost">{l.id}</span>: {l.reason}</Text>)}
    </>
  )
}
