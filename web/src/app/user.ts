import { createContext, useContext } from 'react'
import type { components } from '../api/schema'

/** Who works in the panel, and the CRM record it was opened on. */
export type SignedIn = components['schemas']['Me'] & { context: Partial<components['schemas']['SessionContext']> }

export const UserContext = createContext<SignedIn | undefined>(undefined)

export function useUser(): SignedIn {
  const user = useContext(UserContext)
  if (!user) throw new Error('nobody is signed in')
  return user
}
