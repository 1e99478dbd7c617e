import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/client'
import type { SalesInput } from '../api/types'

export function useSalesModels() {
  return useQuery({ queryKey: ['sales-models'], queryFn: () => answer(api.GET('/v1/sales-models')), staleTime: 60_000 })
}

/** What may be entered under a sales model, numbers before switches. */
export function useInputs(salesModel: string, scope: SalesInput['scope']): SalesInput[] {
  const inputs = useSalesModels().data?.items.find((m) => m.id === salesModel)?.inputs ?? []
  const order = (i: SalesInput) => (i.type === 'boolean' ? 1 : 0)
  return inputs.filter((i) => i.scope === scope).sort((a, b) => order(a) - order(b))
}
