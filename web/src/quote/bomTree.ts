/** A row of a tree written as a list with levels: whether it is shown, and whether it holds others. */
export interface Row {
  index: number
  parent: boolean
}

/** The rows to show: the first level, and below it what is open. */
export function visibleRows(levels: number[], open: ReadonlySet<number>): Row[] {
  const rows: Row[] = []
  let closedAt = Infinity // everything deeper is inside a closed row
  levels.forEach((level, index) => {
    if (level > closedAt) return
    const parent = (levels[index + 1] ?? 0) > level
    closedAt = parent && !open.has(index) ? level : Infinity
    rows.push({ index, parent })
  })
  return rows
}
