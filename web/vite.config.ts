import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The pages are served by the binary from /assets; everything is bundled, nothing comes from elsewhere.
export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, assetsDir: 'assets', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  test: { include: ['src/**/*.test.ts'] }, // tests/ holds the browser's, for node's own runner
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
})
