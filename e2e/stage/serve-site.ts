import { createServer } from 'node:http'

/** By path: the content type, and what makes the body. */
export type Routes = Readonly<Record<string, [type: string, body: () => string | Promise<string>]>>

/** Serves somebody's website at this address of this machine. Gives the function that ends it. */
export async function serveSite(url: string, routes: Routes): Promise<() => Promise<void>> {
  const server = createServer(async (request, response) => {
    const [type, body] = routes[request.url ?? ''] ?? []
    if (!type || !body) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': type }).end(await body())
  })
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve))
  return () => new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
