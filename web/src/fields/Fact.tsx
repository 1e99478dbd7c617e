import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** Something that cannot be changed now: its name and its value. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">{name}</Text>
      <Text size="sm">{children}</Text>
    </div>
  )
}
