import { before } from '@trackline/snippet/before'
import { withoutBots } from '@trackline/snippet/bots'
import { withContext } from '@trackline/snippet/context'
import { pageViews } from '@trackline/snippet/page-views'
import { withSessionId } from '@trackline/snippet/session-id'
import { createTracker } from '@trackline/snippet'
import type { Events } from './events.ts'

const core = createTracker<Events>({ endpoint: 'https://t.example.com/v1/batch', session: '/session-token' })
const pruned = before(core, ({ properties, ...call }) => ({ ...call, properties: { ...properties, email: undefined } }))

export const tracker = withoutBots(withSessionId(withContext(pruned)))
pageViews(tracker)
