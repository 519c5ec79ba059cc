import type { Surroundings } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import { snippetAddress } from '../../http/snippet-route.ts'

const WITHIN_MS = 4_000

/** What came of asking an address: its answer, or why there is none. */
type Asked = { status: number; text: string } | { problem: string }

type Ask = (url: string, request?: RequestInit) => Promise<Asked>

/** Browsers reach the service at `publicUrl`, where it runs; it is one with these sites, and serves this build of the snippet. */
export async function checkPublicAddress({ config, sites, world, script }: Surroundings): Promise<Finding[]> {
  const ask: Ask = (url, request) => askFor(url, world.fetch, request)
  const { publicUrl } = config
  const here = addressHere(config)
  const [outside, inside] = await Promise.all([ask(`${publicUrl}/readyz`), ask(`${here}/readyz`)])
  if ('status' in outside && isReady(outside)) {
    const unknown = await unknownThere(publicUrl, sites, ask)
    if (unknown.length) return [wrong(`what runs at ${publicUrl} does not know ${unknown.join(', ')}: it is another service, or it has another configuration`, 'stop it, or restart it with this configuration; or mend publicUrl')]
    return [fine(`the service is ready at ${publicUrl}`), ...(await checkSnippetServed(publicUrl, script, ask))]
  }
  const seen = 'status' in outside ? `${publicUrl}/readyz answers ${outside.status}` : `${publicUrl} does not answer: ${outside.problem}`
  if ('status' in inside && isReady(inside)) return [wrong(`the service is ready at ${here}, but ${seen}`, 'see that the name leads to this machine, and that the proxy before the service passes requests on')]
  if ('status' in inside) return [wrong(`the service runs at ${here} and is not ready: it answers ${inside.status}`, 'its log says why; until then every event is answered 503')]
  if ('status' in outside) return [wrong(seen, 'see what answers there: it is not the service, or the service is not ready')]
  return [note(`the service does not run, or not on this machine: ${seen}`, 'start it with "trackline serve"')]
}

/** Of each site one origin, such as `https://app.example.com of site main`, whose pages would be refused there. */
async function unknownThere(address: string, sites: Surroundings['sites'], ask: Ask): Promise<string[]> {
  const asked = sites.map(async ({ name, origins: [origin] }) => {
    if (origin === undefined) return []
    const answer = await ask(`${address}/v1/batch`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    return 'status' in answer && answer.text.includes('ORIGIN_NOT_ALLOWED') ? [`${origin} of site ${name}`] : []
  })
  return (await Promise.all(asked)).flat()
}

/** Somebody else's page may answer 200 there. */
function isReady({ status, text }: { status: number; text: string }): boolean {
  return status === 200 && text.includes('"ready"')
}

function addressHere({ host, port }: Surroundings['config']): string {
  const reached = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${reached}:${port}`
}

async function checkSnippetServed(publicUrl: string, script: string, ask: Ask): Promise<Finding[]> {
  const served = await ask(publicUrl + snippetAddress(script).path)
  if ('status' in served && served.status === 200) return served.text === script ? [fine('it serves this version of the snippet')] : [wrong('what it serves as the snippet has been changed on its way', 'have the proxy before the service pass it on as it is: browsers refuse it by its hash')]
  return [note('it does not serve this version of the snippet', 'restart it, so that it runs the version installed here; a process with --role deliver serves none')]
}

async function askFor(url: string, fetch: Surroundings['world']['fetch'], request: RequestInit = {}): Promise<Asked> {
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(WITHIN_MS), redirect: 'manual' })
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    const { cause, message } = error instanceof Error ? error : new Error(String(error))
    return { problem: cause instanceof Error && cause.message ? cause.message : message }
  }
}
