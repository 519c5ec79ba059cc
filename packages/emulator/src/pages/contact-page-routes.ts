import type { FastifyInstance } from 'fastify'
import { portalOfQuery } from '../inspection/portal-query.ts'
import type { PortalQuery } from '../inspection/portal-query.ts'
import type { World } from '../world.ts'
import { contactPage } from './contact-page.ts'
import { openContactStream } from './contact-stream.ts'
import { sendPage } from './page.ts'

type Contact = { Params: { email: string }; Querystring: PortalQuery & { after?: string } }

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** A contact's page, and the stream that keeps it current. */
export function contactPageRoutes(app: FastifyInstance, world: World): void {
  const open = new Set<() => void>()
  app.addHook('preClose', async () => open.forEach((end) => end()))

  app.get<Contact>('/contacts/:email', async (request, reply) => {
    const { email } = request.params
    const portalId = portalOfQuery(request.query)
    return sendPage(reply, contactPage(world, { email, portalId, contact: world.contacts.search(email, portalId) }))
  })

  app.get<Contact>('/contacts/:email/stream', async (request, reply) => {
    const portalId = portalOfQuery(request.query)
    // A browser that reconnects names the last change it has seen.
    const after = Number(request.headers['last-event-id'] ?? request.query.after ?? world.events.latestChange())
    reply.hijack()
    reply.raw.writeHead(200, STREAM_HEADERS)
    const end = openContactStream(world, { email: request.params.email, portalId, after, out: reply.raw })
    open.add(end)
    reply.raw.on('close', () => {
      end()
      open.delete(end)
    })
  })
}
