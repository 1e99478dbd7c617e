// The documents of the API that the panel reads, by short names.
import type { components } from './schema'

type Schemas = components['schemas']

export type Evaluation = Schemas['Evaluation']
export type EvaluatedLine = Schemas['EvaluatedLine']
export type Step = Schemas['Step']
export type Component = Schemas['Component']
export type Message = Schemas['Message']
export type Request = Schemas['Request']
export type RequestLine = Schemas['Line']
export type Quote = Schemas['FullQuote']
export type QuoteSummary = Schemas['Quote']
export type Problem = Schemas['Problem']
export type Session = Schemas['Session']

/** A choice in a configuration: an option, some options, a switch or a number. */
export type Value = string | boolean | string[]
export type Selection = Record<string, Value>

/** What a rep may enter under a sales model. */
export type SalesInput = Schemas['SalesInput']
