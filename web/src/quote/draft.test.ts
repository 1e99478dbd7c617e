import { expect, it } from 'vitest'
import type { Quote } from '../api/types'
import { draftOf, emptyDraft, nextLineID, requestOf } from './draft'

it('numbers lines in tens', () => {
  expect(nextLineID([])).toBe('10')
  expect(nextLineID([{ id: '10' }, { id: '25' }])).toBe('30')
})

it('sends quantities and inputs as they were typed, and nothing that was not', () => {
  const draft = emptyDraft('C-1')
  draft.lines = [{ id: '10', sku: 'A', name: 'A', configurable: false, quantity: '2.50', inputs: { discount_percent: '5', trade_in: false, note: '' }, optional: false }]
  const [line] = requestOf(draft).lines
  expect(line!.quantity).toBe('2.50')
  expect(line!.inputs).toEqual({ discount_percent: '5' })
})

it('keeps what it does not show', () => {
  const request = {
    sales_model: 'service', customer: 'C-1', date: '2026-03-01', currency: 'EUR', end: '2027-12-31', language: 'de', inputs: {},
    lines: [{ id: '1', sku: 'CARE', quantity: '2', inputs: {}, optional: false, start: '2026-04-01', months: 12, requested: '2026-04-01', ramp: [{ from: '2026-10-01', quantity: '4' }] }],
  }
  const quote = { request, evaluation: { lines: [] } } as unknown as Quote
  expect(requestOf(draftOf(quote))).toEqual(request)
})
