import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EvaluatedLine } from '../api/types'
import { showAmount } from '../lib/amount'

/** Where a line's net stands between floor, target and stretch price. */
export function Guidance({ line }: { line: EvaluatedLine }) {
  const { t, i18n } = useTranslation()
  const g = line.guidance
  if (!g || line.quantity.startsWith('-')) return null
  const bounds = (['floor', 'target', 'stretch'] as const).filter((k) => g[k]).map((k) => `${t(k)} ${showAmount(g[k]!, i18n.language)}`)
  return (
    <Text size="sm" mt="xs" data-testid="guidance" data-position={g.position}>
      <Text span fw={600} c={g.position === 'below_floor' ? 'red' : undefined}>{t(`position.${g.position}`)}</Text>
      <Text span c="dimmed"> · {bounds.join(' · ')}</Text>
    </Text>
  )
}
