import { createServer } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { mintToken } from '../mint-token.ts'

const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }

/** Who is signed in, by the cookie of the app's site; the tests sign in by setting it. */
export function userOf(cookie = ''): string | undefined {
  return /(?:^|; )user=(\w+)/.exec(cookie)?.[1]
}

/** Serves a built app's files, and says at `/session-token` who is signed in. Gives the function that ends it. */
export async function serveApp(url: string, folder: string, env: Record<string, string>): Promise<() => Promise<void>> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', url)
    if (pathname === '/session-token') {
      const user = userOf(request.headers.cookie)
      if (!user) return void response.writeHead(204).end()
      return void response.end(JSON.stringify({ token: await mintToken(env, { id: user, email: `${user}@example.com` }) }))
    }
    const file = [join(folder, pathname), join(folder, pathname, 'index.html')].find((path) => existsSync(path) && statSync(path).isFile())
    if (!file) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve))
  return () => new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
