import { describe, expect, it } from 'vitest'
import { bars, isZero, readNumber, showAmount, writeNumber } from './amount'

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
  it.each([
    ['en', ' 12.50 ', '12.50'], ['en', '1,500', '1500'], ['en', '-3', '-3'], ['zh-TW', '1,234.5', '1234.5'],
    ['de', '2,5', '2.5'], ['de', '1.500', '1500'], ['de', '2.5', '2.5'], ['de', '1.234.567,89', '1234567.89'],
  ])('reads %s %s as %s', (language, text, number) => expect(readNumber(text, language)).toBe(number))
  it.each([['en', ''], ['en', '1,5'], ['en', '1e3'], ['en', 'x'], ['en', '1.'], ['en', '1.2.3'], ['de', '1.50.0'], ['de', '1,2,3']])(
    'does not guess at %s "%s"', (language, text) => expect(readNumber(text, language)).toBeUndefined())
})

describe('writeNumber', () => {
  it.each(['en', 'de', 'zh-TW', 'zh-CN'])('is read back the same in %s', (language) => {
    for (const n of ['0', '2.500', '1500', '-12.5', '1234567.891']) expect(readNumber(writeNumber(n, language), language)).toBe(n)
  })
  it('leaves alone what is no number', () => expect(writeNumber('1.x', 'de')).toBe('1.x'))
})

it('knows nothing when it sees it', () => {
  expect(['0', '0.00', '-0.000'].every(isZero)).toBe(true)
  expect(['0.01', '10', '-5.00'].some(isZero)).toBe(false)
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
