import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './app/app.css'
import { MantineProvider, createTheme } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/client'
import { App } from './app/App'
import { tellHeight } from './app/launch'
import './i18n'

const theme = createTheme({ primaryColor: 'indigo', primaryShade: { light: 8, dark: 8 }, defaultRadius: 'sm', cursorType: 'pointer', fontSizes: { xs: '0.8rem' } })
// What the server refused it would refuse again.
const retry = (failures: number, error: Error) => failures < 1 && !(error instanceof ApiError && error.status < 500)
const queries = new QueryClient({ defaultOptions: { queries: { retry, refetchOnWindowFocus: false } } })
const root = document.getElementById('root')!

tellHeight(root)
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" className="notifications" />
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
