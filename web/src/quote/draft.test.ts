import { expect, it } from 'vitest'
import { emptyDraft, nextLineID, requestOf } from './draft'

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
