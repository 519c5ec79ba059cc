import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { ASSET_PATH } from './page.ts'

const CSS = 'text/css; charset=utf-8'
const JAVASCRIPT = 'text/javascript; charset=utf-8'

const ASSETS = [
  { name: 'base.css', type: CSS },
  { name: 'contact.css', type: CSS },
  { name: 'consent.css', type: CSS },
  { name: 'contact.js', type: JAVASCRIPT },
  { name: 'consent.js', type: JAVASCRIPT },
  { name: 'icon.svg', type: 'image/svg+xml' },
]

/** The pages' stylesheets, scripts and icon, read once at the start. */
export function assetRoutes(app: FastifyInstance): void {
  for (const { name, type } of ASSETS) {
    const content = readFileSync(new URL(`./assets/${name}`, import.meta.url))
    app.get(`${ASSET_PATH}/${name}`, async (_request, reply) => {
      return reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(content)
    })
  }
}
