import { Alert, Button, Center, Container, Loader, PasswordInput, Stack, Title } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api, setToken } from '../api/client'
import { Workplace } from './Workplace'
import { readLaunch, tellHost } from './launch'
import { explain } from './notify'
import { UserContext } from './user'
import type { SignedIn } from './user'

// The one-time code works once, so the exchange is started once, outside of React.
const launch = readLaunch()
const opening = launch ? openSession(launch.code) : undefined

async function openSession(code: string): Promise<SignedIn> {
  const session = await answer(api.POST('/v1/session', { body: { code } }))
  setToken(session.token)
  const me = await answer(api.GET('/v1/me'))
  tellHost('ready')
  return { ...me, context: session.context }
}

async function signIn(key: string): Promise<SignedIn> {
  setToken(key)
  return { ...(await answer(api.GET('/v1/me'))), context: {} }
}

export function App() {
  const { t } = useTranslation()
  const [user, setUser] = useState<SignedIn>()
  const [error, setError] = useState<string>()
  const [waiting, setWaiting] = useState(false)

  const wait = (promise: Promise<SignedIn>) => {
    setWaiting(true)
    promise.then(setUser, (e: unknown) => setError(explain(e))).finally(() => setWaiting(false))
  }
  useEffect(() => {
    if (opening) wait(opening)
  }, [])

  if (user)
    return (
      <UserContext value={user}>
        <Workplace />
      </UserContext>
    )
  if (error && launch)
    return (
      <Container p="md">
        <Alert color="red" role="alert">
          {error}
        </Alert>
      </Container>
    )
  if (launch)
    return (
      <Center h="100vh">
        <Loader aria-label={t('loading')} />
      </Center>
    )
  return <SignIn error={error} waiting={waiting} onKey={(key) => { setError(undefined); wait(signIn(key)) }} />
}

function SignIn({ error, waiting, onKey }: { error?: string; waiting: boolean; onKey: (key: string) => void }) {
  const { t } = useTranslation()
  const [key, setKey] = useState('')
  return (
    <Container size="xs" py="xl">
      <form onSubmit={(e) => { e.preventDefault(); onKey(key) }}>
        <Stack>
          <Title order={1} size="h3">Quotewright</Title>
          <PasswordInput label={t('apiKey')} value={key} onChange={(e) => setKey(e.currentTarget.value)} error={error} autoComplete="off" />
          <Button type="submit" loading={waiting}>{t('open')}</Button>
        </Stack>
      </form>
    </Container>
  )
}
