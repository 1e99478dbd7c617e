import type { components } from '../api/schema'
import type { Selection } from '../api/types'

type Schemas = components['schemas']

export type Feature = Schemas['ConfiguratorFeature']
export type Assigned = Schemas['ConfiguratorAssigned']
export type Conflict = Schemas['ConfiguratorConflict']

/** Takes choices back, so that another one fits. */
export function giveUp(selection: Selection, features: string[]): Selection {
  return Object.fromEntries(Object.entries(selection).filter(([id]) => !features.includes(id)))
}

/** Puts an option in or takes it out of a selection of several. */
export function toggle(chosen: string[], option: string): string[] {
  return chosen.includes(option) ? chosen.filter((o) => o !== option) : [...chosen, option]
}

/** A value in words. */
export function label(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : value === true ? '✓' : value === false ? '✗' : String(value ?? '')
}

/** A feature's value in words, by the titles of its options. */
export function titled(feature: Feature, value: unknown): string {
  const name = (id: unknown) => feature.options?.find((o) => o.id === id)?.title || label(id)
  return Array.isArray(value) ? value.map(name).join(', ') : name(value)
}

/** What the constraints say, by their ids, as far as the answer speaks of them; else the id itself. */
export function reasons(answer: Pick<Schemas['ConfigureResult'], 'conflicts' | 'excluded'>): (constraint: string) => string {
  const excluded = Object.values(answer.excluded ?? {}).flatMap((values) => Object.values(values))
  const known = new Map([...answer.conflicts, ...excluded].flatMap((c) => c.constraints ?? []).map((k) => [k.id, k.message]))
  return (id) => known.get(id) || id
}

export interface Range {
  min: string
  max: string
  step: string
}

/** The ranges of an integer feature: "500–1500 (50)". */
export function ranges(domain: unknown[]): string {
  return (domain as Range[]).map((r) => (r.min === r.max ? r.min : `${r.min}–${r.max} (${r.step})`)).join(', ')
}
