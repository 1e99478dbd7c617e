import { describe, expect, it } from 'vitest'
import { bars, readNumber, showAmount } from './amount'

describe('showAmount', () => {
  it('groups digits without losing any', () => {
    expect(showAmount('1234567.50', 'en')).toBe('1,234,567.50')
    expect(showAmount('12345678901234567890.123456789', 'en')).toBe('12,345,678,901,234,567,890.123456789')
  })
  it('uses the separators of the language and a real minus', () => {
    expect(showAmount('-1234.50', 'de')).toBe('−1.234,50')
  })
  it('leaves alone what is no amount', () => expect(showAmount('n/a', 'en')).toBe('n/a'))
})

describe('readNumber', () => {
  it('takes plain decimals only', () => {
    expect(readNumber(' 12.50 ')).toBe('12.50')
    for (const bad of ['', '-1', '1e3', '1,5', 'x', '1.']) expect(readNumber(bad)).toBeUndefined()
  })
})

describe('bars', () => {
  it('hangs a discount under the amount before it', () => {
    const [list, discount, net] = bars([
      { amount: '100', running: '100', total: false },
      { amount: '-20', running: '80', total: false },
      { amount: '80', running: '80', total: true },
    ])
    expect(list).toEqual({ left: 0, width: 100 })
    expect(discount).toEqual({ left: 80, width: 20 })
    expect(net).toEqual({ left: 0, width: 80 })
  })
  it('has no division by zero', () => expect(bars([{ amount: '0', running: '0', total: false }])).toEqual([{ left: 0, width: 0 }]))
})
