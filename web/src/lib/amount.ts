// Amounts are exact decimals in strings. Nothing here makes a number of one, except
// where only a picture is drawn.

/** Groups the digits before the point: "1234567.50" → "1 234 567.50" in the language's way. */
export function showAmount(amount: string, language: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount)
  if (!match) return amount
  const [, sign, whole, fraction] = match
  const { group, point } = separators(language)
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, group)
  return (sign ? '−' : '') + grouped + (fraction ? point + fraction : '')
}

function separators(language: string): { group: string; point: string } {
  const parts = new Intl.NumberFormat(language).formatToParts(12345.6)
  return {
    group: parts.find((p) => p.type === 'group')?.value ?? ',',
    point: parts.find((p) => p.type === 'decimal')?.value ?? '.',
  }
}

/** Reads what a person typed as a plain decimal, or returns undefined. */
export function readNumber(text: string): string | undefined {
  const plain = text.trim().replace(/\s/g, '')
  return /^\d+(\.\d+)?$/.test(plain) ? plain : undefined
}

/** A bar of a waterfall, in percent of the width. */
export interface Bar {
  left: number
  width: number
}

/** Places each step's bar between the running amounts before and after it. */
export function bars(steps: { amount: string; running: string; total: boolean }[]): Bar[] {
  const ends = steps.map((s) => Number(s.running))
  const starts = steps.map((s, i) => (s.total ? 0 : ends[i]! - Number(s.amount)))
  const low = Math.min(0, ...starts, ...ends)
  const span = Math.max(0, ...starts, ...ends) - low || 1
  return steps.map((_, i) => ({
    left: (100 * (Math.min(starts[i]!, ends[i]!) - low)) / span,
    width: (100 * Math.abs(ends[i]! - starts[i]!)) / span,
  }))
}
