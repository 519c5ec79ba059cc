import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { openRoutes } from './routes.ts'
import type { Reply, RouteOptions } from './routes.ts'

const MIN_SECRET_LENGTH = 32

export interface DemoOptions extends Omit<RouteOptions, 'now'> {
  /** 0 takes a free one. */
  port: number
  now?: () => Date
}

/**
 * Starts the site on 127.0.0.1.
 *
 * @returns its address, and `close`, which drops what is still open
 * @throws TypeError naming every option that cannot work; the system's own error when the port is taken
 */
export async function startDemo(options: DemoOptions): Promise<{ url: string; close: () => Promise<void> }> {
  const problems = findProblems(options)
  if (problems.length) throw new TypeError(`the demo site cannot start:\n${problems.map((line) => `  ${line}`).join('\n')}`)

  const answer = openRoutes({ now: () => new Date(), ...options })
  const server = createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        console.error(error)
        send(response, { status: 500, headers: {}, body: 'the server failed: its log says why' })
      },
    )
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(options.port, '127.0.0.1', listening)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  return { url: `http://127.0.0.1:${port}`, close: () => closeNow(server) }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' }).end(body)
}

function closeNow(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed())
    server.closeAllConnections()
  })
}

function findProblems({ port, tracklineUrl, hubspotUrl, sessionSecret }: DemoOptions): string[] {
  const problems: string[] = []
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push(`PORT must be 0–65535: got ${port}`)
  for (const [name, url] of Object.entries({ TRACKLINE_URL: tracklineUrl, HUBSPOT_EMULATOR_URL: hubspotUrl })) {
    const isOrigin = URL.canParse(url) && new URL(url).origin === url
    if (!isOrigin) problems.push(`${name} must be an origin such as http://127.0.0.1:4400, with no path: got '${url}'`)
  }
  if (sessionSecret.length < MIN_SECRET_LENGTH) {
    const got = `got ${sessionSecret.length} (make one with \`openssl rand -base64 48\`)`
    problems.push(`SESSION_SECRET must have ${MIN_SECRET_LENGTH} characters or more, the same here and for the proxy: ${got}`)
  }
  return problems
}

if (import.meta.main) {
  const { PORT, TRACKLINE_URL, HUBSPOT_EMULATOR_URL, SESSION_SECRET } = process.env
  const demo = await startDemo({
    port: Number(PORT ?? 4402),
    tracklineUrl: TRACKLINE_URL ?? 'http://127.0.0.1:4400',
    hubspotUrl: HUBSPOT_EMULATOR_URL ?? 'http://127.0.0.1:4401',
    sessionSecret: SESSION_SECRET ?? '',
  })
  console.log(`demo site listening on ${demo.url}`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, demo.close)
}
