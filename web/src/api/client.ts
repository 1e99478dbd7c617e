import createClient from 'openapi-fetch'
import type { Middleware } from 'openapi-fetch'
import type { paths } from './schema'
import type { Problem } from './types'

// The token lives in memory only: a frame in a CRM has no storage of its own.
let token = ''

export function setToken(value: string) {
  token = value
}

const authorize: Middleware = {
  onRequest({ request }) {
    if (token) request.headers.set('Authorization', `Bearer ${token}`)
    return request
  },
}

export const api = createClient<paths>({ baseUrl: '/' })
api.use(authorize)

/** What went wrong, in words the server made for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
  }
}

/** Turns an answer into its data or throws what the server said. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call
  if (error !== undefined || !response.ok) throw new ApiError(response.status, (typeof error === 'object' && error ? error : {}) as Partial<Problem>)
  return data as T
}

/** A key of its own for every click, so that a repeated request changes nothing twice. */
export function idempotencyKey(): string {
  // randomUUID is there on https only, and a company's own network may have none.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}
