import { expect, it } from 'vitest'
import type { Conflict, Feature } from './selection'
import { giveUp, label, ranges, reasons, titled, toggle } from './selection'

it('gives up only what it is told to', () => expect(giveUp({ frame: 'F1', motor: 'M10', atex: true }, ['frame', 'atex'])).toEqual({ motor: 'M10' }))
it('toggles an option', () => {
  expect(toggle(['a'], 'b')).toEqual(['a', 'b'])
  expect(toggle(['a', 'b'], 'a')).toEqual(['b'])
})
it('shows ranges', () => expect(ranges([{ min: '500', max: '1500', step: '50' }, { min: '2000', max: '2000', step: '50' }])).toBe('500–1500 (50), 2000'))
it('says values in words', () => expect([label('M10'), label(['a', 'b']), label(true)]).toEqual(['M10', 'a, b', '✓']))
it('says values by the titles of their options', () => {
  const frame: Feature = { id: 'frame', title: 'Frame', kind: 'option', options: [{ id: 'F1', title: 'Frame F1' }, { id: 'F2', title: '' }] }
  expect([titled(frame, 'F1'), titled(frame, ['F1', 'F2']), titled(frame, 'F9')]).toEqual(['Frame F1', 'Frame F1, F2', 'F9'])
})
it('finds what a constraint says wherever the answer speaks of it', () => {
  const because = (id: string, message: string): Conflict => ({ constraints: [{ id, message }] }) as Conflict
  const why = reasons({ conflicts: [because('rail', 'Too long')], excluded: { motor: { M10: because('big', 'Too small') } } })
  expect(['rail', 'big', 'other'].map(why)).toEqual(['Too long', 'Too small', 'other'])
})
