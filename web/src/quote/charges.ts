/** Charges of the same amount, one after the other. */
export interface Run {
  from: string
  to: string
  amount: string
  times: number
}

/** Puts charges of the same amount that follow each other into one. */
export function runs(charges: { from: string; to: string; amount: string | null }[]): Run[] {
  const all: Run[] = []
  for (const c of charges) {
    const last = all.at(-1)
    if (last && last.amount === c.amount) {
      last.to = c.to
      last.times++
    } else {
      all.push({ from: c.from, to: c.to, amount: c.amount ?? '', times: 1 })
    }
  }
  return all
}
