import type { FastifyInstance } from 'fastify'

export interface HealthParts {
  /** Rejects when an event could not be stored now. */
  checkWritable: () => Promise<void>
  metrics: () => Promise<{ text: string; contentType: string }>
}

const CLOSING_STATUS = 503

/** `/healthz`: the process runs. `/readyz`: it can keep a promise, shown by writing to the outbox. `/metrics`: Prometheus. */
export function healthRoutes(app: FastifyInstance, { checkWritable, metrics }: HealthParts): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.get('/readyz', async (_request, reply) => {
    // What has begun is still answered; whoever sends requests here has to look for another process.
    if (isClosing) return reply.code(CLOSING_STATUS).send({ status: 'closing' })
    await checkWritable()
    return { status: 'ready' }
  })
  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await metrics()
    return reply.header('content-type', contentType).send(text)
  })
}
