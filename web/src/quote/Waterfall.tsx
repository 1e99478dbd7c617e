import { Button, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Step } from '../api/types'
import type { Bar } from '../lib/amount'
import { bars, isZero, showAmount, writeNumber } from '../lib/amount'

/** The price waterfall: each step's amount, the price so far, where it comes from, and what lost to it. */
export function Waterfall({ steps, name }: { steps: Step[]; name?: string }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const geometry = bars(steps.map((s) => ({ amount: s.statistical ? '0' : (s.amount ?? '0'), running: s.running ?? '0', total: s.kind === 'subtotal' })))
  const idle = steps.filter(isIdle).length
  return (
    <div>
      <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" data-testid="waterfall">
        <caption className="visually-hidden">{[t('waterfall'), name].filter(Boolean).join(', ')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('step')}</Table.Th>
            <Table.Th className="number">{t('amount')}</Table.Th>
            <Table.Th className="number" visibleFrom="xs">{t('running')}</Table.Th>
            <Table.Th visibleFrom="sm" w="34%"><span className="visually-hidden">{t('picture')}</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.map((s, i) => (all || !isIdle(s)) && <StepRow key={s.id} step={s} bar={geometry[i]!} />)}
        </Table.Tbody>
      </Table>
      {idle > 0 && <Button size="compact-xs" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)} data-testid="all-steps">{t(all ? 'fewerSteps' : 'allSteps', { count: idle })}</Button>}
    </div>
  )
}

/** A step that was looked at and changed nothing. */
const isIdle = (s: Step) => s.kind !== 'subtotal' && isZero(s.amount ?? '')

function StepRow({ step: s, bar }: { step: Step; bar: Bar }) {
  const { i18n } = useTranslation()
  const total = s.kind === 'subtotal'
  const title = (s.title || s.id) + (s.rate ? ` ${writeNumber(s.rate, i18n.language)} %` : '')
  const running = showAmount(s.running ?? '', i18n.language)
  const picture = (
    <div className="waterfall-track" aria-hidden>
      <div className="waterfall-bar" data-lowers={s.amount?.startsWith('-')} data-total={total} style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />
    </div>
  )
  return (
    <Table.Tr data-step={s.id} className={isIdle(s) || s.statistical ? 'waterfall-quiet' : undefined}>
      <Table.Td>
        <Text size="sm" fw={total ? 600 : undefined}>{s.statistical ? `(${title})` : title}</Text>
        <Text component="div" hiddenFrom="sm" my={2}>{picture}</Text>
        <Origin step={s} />
      </Table.Td>
      <Table.Td className="number" valign="top">
        {total ? <Text size="sm" fw={600} hiddenFrom="xs">{running}</Text> : showAmount(s.amount ?? '', i18n.language)}
      </Table.Td>
      <Table.Td className="number" visibleFrom="xs" valign="top" fw={total ? 600 : undefined}>{running}</Table.Td>
      <Table.Td visibleFrom="sm" valign="top" pt={8}>{picture}</Table.Td>
    </Table.Tr>
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
