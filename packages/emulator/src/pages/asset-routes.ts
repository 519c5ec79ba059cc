import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { ASSET_PATH } from './page.ts'

const ASSETS = [
  { name: 'emulator.css', type: 'text/css; charset=utf-8' },
  { name: 'contact.js', type: 'text/javascript; charset=utf-8' },
  { name: 'icon.svg', type: 'image/svg+xml' },
]

/** The pages' stylesheet, script and icon, read once at the start. */
export function assetRoutes(app: FastifyInstance): void {
  for (const { name, type } of ASSETS) {
    const content = readFileSync(new URL(`./assets/${name}`, import.meta.url))
    app.get(`${ASSET_PATH}/${name}`, async (_request, reply) => {
      return reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(content)
    })
  }
}
