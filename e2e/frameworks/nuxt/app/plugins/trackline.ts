import { trackline } from '@trackline/snippet/nuxt'

export default defineNuxtPlugin(trackline({ endpoint: 'https://t.example.com/v1/batch', session: '/session-token' }))
