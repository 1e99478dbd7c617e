import { notifications } from '@mantine/notifications'
import i18next from 'i18next'
import { ApiError } from '../api/client'
import { noteSight } from './sight'

/** Says what went wrong: in the server's words with its details, or that there was no server to say it. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return i18next.t('unreachable')
  const details = (error.problem.errors ?? []).map((e) => e.message).filter((m) => m && m !== error.message)
  return [error.message, ...details].join('\n')
}

export function notifyError(error: unknown) {
  noteSight()
  notifications.show({ color: 'red', message: explain(error), role: 'alert', autoClose: 10_000, style: { whiteSpace: 'pre-line' } })
}
