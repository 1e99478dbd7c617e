import { Group, Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Evaluation } from '../api/types'
import { isZero, showAmount } from '../lib/amount'

/** The totals of all lines that are not optional. */
export function Totals({ evaluation, updating }: { evaluation: Evaluation; updating: boolean }) {
  const { t, i18n } = useTranslation()
  const totals = evaluation.totals
  const shown = (['list', 'discount', 'net', 'tax', 'gross', 'one_off', 'recurring', 'tcv', 'arr', 'cost', 'margin'] as const).filter((k) => totals[k])
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('totals')} aria-live="polite" aria-busy={updating} opacity={updating ? 0.6 : 1} data-testid="totals">
      {shown.map((k) => (
        <Group key={k} justify="space-between">
          <Text size="sm" fw={k === 'net' || k === 'gross' ? 700 : undefined}>{t(k === 'margin' && totals.margin_percent ? 'marginWithPercent' : k, { percent: totals.margin_percent })}</Text>
          <Text size="sm" className="number" fw={k === 'net' || k === 'gross' ? 700 : undefined} data-total={k}>
            {k === 'discount' && !isZero(totals[k]!) ? '−' : ''}{showAmount(totals[k]!, i18n.language)} {evaluation.currency}
          </Text>
        </Group>
      ))}
    </Paper>
  )
}
