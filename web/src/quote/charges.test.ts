import { expect, it } from 'vitest'
import { runs } from './charges'

it('joins equal charges that follow each other, and only those', () => {
  const charge = (from: string, to: string, amount: string) => ({ from, to, amount })
  expect(runs([charge('01', '02', '5.00'), charge('03', '04', '5.00'), charge('05', '06', '7.00'), charge('07', '08', '5.00')])).toEqual([
    { from: '01', to: '04', amount: '5.00', times: 2 },
    { from: '05', to: '06', amount: '7.00', times: 1 },
    { from: '07', to: '08', amount: '5.00', times: 1 },
  ])
  expect(runs([])).toEqual([])
})
