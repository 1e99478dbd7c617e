import { Button, Collapse, List, Paper, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Evaluation } from '../api/types'
import { showAmount } from '../lib/amount'
import { Waterfall } from './Waterfall'

/** What is about the whole quote: amounts that are spread over the lines or stay with it, what is given away, coupons. */
export function WholeQuote({ evaluation: e }: { evaluation: Evaluation }) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const gifts = e.free_goods ?? []
  const coupons = e.coupons ?? []
  if (!e.steps?.length && !gifts.length && !coupons.length) return null
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('wholeQuote')} data-testid="whole-quote">
      {gifts.length + coupons.length > 0 && (
        <List size="sm" mb={e.steps?.length ? 'xs' : 0} listStyleType="none">
          {gifts.map((g) => <List.Item key={g.id + g.line + g.sku}>{t('given', { quantity: showAmount(g.quantity, i18n.language), unit: g.unit, sku: g.sku, line: g.line })}</List.Item>)}
          {coupons.map((c) => <List.Item key={c.id}>{t('couponUsed', { id: c.id })}</List.Item>)}
        </List>
      )}
      {e.steps && e.steps.length > 0 && (
        <>
          <Button size="compact-sm" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)} data-testid="quote-steps">{t('quoteSteps', { count: e.steps.length })}</Button>
          <Collapse expanded={open}>{open && <Waterfall steps={e.steps} name={t('wholeQuote')} />}</Collapse>
        </>
      )}
      {open && <Text size="xs" c="dimmed">{t('quoteStepsHint')}</Text>}
    </Paper>
  )
}
