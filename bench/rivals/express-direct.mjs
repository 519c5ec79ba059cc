import { createPublicKey } from 'node:crypto'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { sendToHubSpot } from './hubspot.mjs'
import { ready } from './ready.mjs'

// No store: the browser waits until HubSpot has answered.
const app = express()
app.use(express.json())
const signedIn = expressjwt({ secret: createPublicKey(process.env.PUBLIC_KEY), algorithms: ['ES256'], issuer: 'app', audience: 'trackline' })
app.post('/v1/batch', signedIn, async ({ body, auth }, response) => {
  await sendToHubSpot(body.batch.map((event) => ({ ...event, email: auth.email })))
  response.status(202).json({ results: body.batch.map(({ messageId }) => ({ messageId, status: 'delivered' })) })
})
const server = app.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`))
