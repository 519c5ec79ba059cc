import { createTracker } from '@trackline/snippet'
import type { Events } from './events.ts'

export const tracker = createTracker<Events>({ endpoint: 'https://t.example.com/v1/batch', session: '/session-token' })

declare module '@trackline/snippet' {
  interface Register {
    events: Events
  }
}
