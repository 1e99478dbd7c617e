import { expect, it } from 'vitest'
import { giveUp, label, ranges, toggle } from './selection'

it('gives up only what it is told to', () => expect(giveUp({ frame: 'F1', motor: 'M10', atex: true }, ['frame', 'atex'])).toEqual({ motor: 'M10' }))
it('toggles an option', () => {
  expect(toggle(['a'], 'b')).toEqual(['a', 'b'])
  expect(toggle(['a', 'b'], 'a')).toEqual(['b'])
})
it('shows ranges', () => expect(ranges([{ min: '500', max: '1500', step: '50' }, { min: '2000', max: '2000', step: '50' }])).toBe('500–1500 (50), 2000'))
it('says values in words', () => expect([label('M10'), label(['a', 'b']), label(true)]).toEqual(['M10', 'a, b', '✓']))
