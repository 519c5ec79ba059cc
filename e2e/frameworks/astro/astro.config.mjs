import trackline from '@trackline/snippet/astro'
import { defineConfig } from 'astro/config'

export default defineConfig({
  integrations: [trackline({ endpoint: 'https://t.example.com/v1/batch', session: '/session-token' })],
})
