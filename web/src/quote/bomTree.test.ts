import { expect, it } from 'vitest'
import { visibleRows } from './bomTree'

// pump(1) { casing(2) { steel(3) }, seal(2) }, motor(1)
const levels = [1, 2, 3, 2, 1]
const shown = (...open: number[]) => visibleRows(levels, new Set(open)).map((r) => r.index)

it('shows the first level of a closed tree', () => expect(shown()).toEqual([0, 4]))
it('shows what is open, and nothing of a closed row inside it', () => {
  expect(shown(0)).toEqual([0, 1, 3, 4])
  expect(shown(0, 1)).toEqual([0, 1, 2, 3, 4])
})
it('keeps what is open inside a closed row hidden', () => expect(shown(1)).toEqual([0, 4]))
it('says which rows hold others', () => expect(visibleRows(levels, new Set([0, 1])).map((r) => r.parent)).toEqual([true, true, false, false, false]))
