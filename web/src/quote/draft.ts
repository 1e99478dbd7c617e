import type { Quote, RequestLine, Selection } from '../api/types'

/** What a rep is working on: a request with a title and a validity. */
export interface Draft {
  title: string
  validUntil: string
  salesModel: string
  customer: string
  date: string
  inputs: Record<string, string | boolean>
  lines: DraftLine[]
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
}

export const today = () => new Date().toISOString().slice(0, 10)

export function emptyDraft(customer = '', title = ''): Draft {
  return { title, validUntil: '', salesModel: '', customer, date: today(), inputs: {}, lines: [] }
}

export function draftOf(quote: Quote): Draft {
  const names = new Map(quote.evaluation.lines?.map((l) => [l.id, l]))
  const r = quote.request
  return {
    title: quote.title ?? '',
    validUntil: quote.valid_until ?? '',
    salesModel: r.sales_model,
    customer: r.customer,
    date: r.date ?? today(),
    inputs: entered(r.inputs),
    lines: (r.lines ?? []).map((l) => ({
      id: l.id,
      sku: l.sku,
      name: names.get(l.id)?.name ?? l.sku,
      configurable: names.get(l.id)?.configuration !== undefined,
      quantity: String(l.quantity),
      unit: l.unit,
      configuration: l.configuration as Selection | undefined,
      inputs: entered(l.inputs),
      optional: l.optional ?? false,
    })),
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
    sales_model: draft.salesModel,
    customer: draft.customer,
    date: draft.date,
    inputs: given(draft.inputs),
    lines: draft.lines.map((l): RequestLine => ({
      id: l.id, sku: l.sku, quantity: l.quantity, unit: l.unit, configuration: l.configuration, inputs: given(l.inputs), optional: l.optional,
    })),
  }
}

/** The next free line number: tens, as on paper. */
export function nextLineID(lines: { id: string }[]): string {
  const highest = Math.max(0, ...lines.map((l) => Number.parseInt(l.id, 10) || 0))
  return String((Math.floor(highest / 10) + 1) * 10)
}
