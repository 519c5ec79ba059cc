import type { FastifyInstance } from 'fastify'

export interface HealthParts {
  /** Rejects when an event could not be stored now. */
  checkWritable: () => Promise<void>
  metrics: () => Promise<{ text: string; contentType: string }>
}

/** `/healthz`: the process runs. `/readyz`: it can keep a promise, shown by writing to the outbox. `/metrics`: Prometheus. */
export function healthRoutes(app: FastifyInstance, { checkWritable, metrics }: HealthParts): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async () => {
    await checkWritable()
    return { status: 'ready' }
  })
  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await metrics()
    return reply.header('content-type', contentType).send(text)
  })
}
