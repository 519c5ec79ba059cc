import { Analytics } from '@segment/analytics-node'
import { ready } from './ready.mjs'
import { signedInApp } from './signed-in-app.mjs'

// Queued in memory by Segment's library, which sends to Segment; the 202 says no more than that.
const analytics = new Analytics({ writeKey: 'none', host: process.env.UPSTREAM })
const app = await signedInApp((events) => {
  for (const { email, event, messageId, properties, timestamp } of events) analytics.track({ userId: email, event, messageId, properties, timestamp })
})
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
