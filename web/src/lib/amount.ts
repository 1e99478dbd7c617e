// Amounts are exact decimals in strings. Nothing here makes a number of one, except
// where only a picture is drawn.

/** Groups the digits before the point: "1234567.50" → "1 234 567.50" in the language's way. */
export function showAmount(amount: string, language: string): string {
  const match = decimal.exec(amount)
  if (!match) return amount
  const [, sign, whole, fraction] = match
  const { group, point } = separators(language)
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, group)
  return (sign ? '−' : '') + grouped + (fraction ? point + fraction : '')
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** Says whether a text is a decimal as the API writes it. */
export const isDecimal = (text: string) => decimal.test(text)

/** Says whether an amount is nothing: "0.00". */
export const isZero = (amount: string) => /^-?0*(\.0*)?$/.test(amount)

function separators(language: string): { group: string; point: string } {
  const parts = new Intl.NumberFormat(language).formatToParts(12345.6)
  return {
    group: parts.find((p) => p.type === 'group')?.value ?? ',',
    point: parts.find((p) => p.type === 'decimal')?.value ?? '.',
  }
}

/**
 * Reads what a person typed in their language as a plain decimal, or returns undefined.
 * A German "1.500" is fifteen hundred; "2.5", which can mean one thing only, is taken too.
 */
export function readNumber(text: string, language: string): string | undefined {
  const { group, point } = separators(language)
  const typed = text.replace(/\s/g, '').replace('−', '-')
  const grouped = new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+(\\${point}\\d+)?$`)
  const plain = (grouped.test(typed) ? typed.replaceAll(group, '') : typed).replace(point, '.')
  return isDecimal(plain) ? plain : undefined
}

/** Writes a plain decimal as a person of the language would type it; other text stays as it is. */
export function writeNumber(value: string, language: string): string {
  return isDecimal(value) ? value.replace('.', separators(language).point) : value
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
