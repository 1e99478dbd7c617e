import type { EvaluatedLine, Quote, Request, RequestLine, Selection } from '../api/types'

/** What a rep is working on: a request with a title and a validity. */
export interface Draft {
  title: string
  validUntil: string
  salesModel: string
  customer: string
  date: string
  inputs: Record<string, string | boolean>
  lines: DraftLine[]
  /** What else the request says, which the panel does not change. */
  rest?: Partial<Request>
}

export interface DraftLine {
  id: string
  sku: string
  name: string
  configurable: boolean
  quantity: string
  unit?: string
  configuration?: Selection
  inputs: Record<string, string | boolean>
  optional: boolean
  /** When what recurs begins, and for how many months. */
  start?: string
  months?: string
  /** What else the line says, which the panel does not change. */
  rest?: Partial<RequestLine>
}

export const today = () => new Date().toISOString().slice(0, 10)

/** A new quote speaks the language of who makes it. */
export function emptyDraft(customer = '', title = '', language?: string): Draft {
  return { title, validUntil: '', salesModel: '', customer, date: today(), inputs: {}, lines: [], rest: { language } }
}

export function draftOf(quote: Quote): Draft {
  const names = new Map(quote.evaluation.lines?.map((l) => [l.id, l]))
  const { sales_model, customer, date, inputs, lines, ...rest } = quote.request
  return {
    title: quote.title ?? '',
    validUntil: quote.valid_until ?? '',
    salesModel: sales_model,
    customer,
    date: date ?? today(),
    inputs: entered(inputs),
    lines: (lines ?? []).map((l) => draftLineOf(l, names.get(l.id))),
    rest,
  }
}

function draftLineOf(line: RequestLine, priced?: EvaluatedLine): DraftLine {
  const { id, sku, quantity, unit, configuration, inputs, optional, start, months, ...rest } = line
  return {
    id, sku, unit, start, rest,
    name: priced?.name ?? sku,
    configurable: priced?.configuration !== undefined,
    quantity: String(quantity),
    configuration: configuration as Selection | undefined,
    inputs: entered(inputs),
    optional: optional ?? false,
    months: months === undefined ? undefined : String(months),
  }
}

function entered(inputs?: Record<string, unknown>): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(inputs ?? {}).map(([k, v]) => [k, typeof v === 'boolean' ? v : String(v)]))
}

/** Leaves out what was not entered. */
function given(inputs: Record<string, string | boolean>) {
  return Object.fromEntries(Object.entries(inputs).filter(([, v]) => v !== '' && v !== false))
}

export function requestOf(draft: Draft) {
  return {
    ...draft.rest,
    sales_model: draft.salesModel,
    customer: draft.customer,
    date: draft.date,
    inputs: given(draft.inputs),
    lines: draft.lines.map((l): RequestLine => ({
      ...l.rest, id: l.id, sku: l.sku, quantity: l.quantity, unit: l.unit, configuration: l.configuration, inputs: given(l.inputs), optional: l.optional,
      start: l.start || undefined, months: /^\d+$/.test(l.months ?? '') ? Number(l.months) : undefined,
    })),
  }
}

/** The next free line number: tens, as on paper. */
export function nextLineID(lines: { id: string }[]): string {
  const highest = Math.max(0, ...lines.map((l) => Number.parseInt(l.id, 10) || 0))
  return String((Math.floor(highest / 10) + 1) * 10)
}
