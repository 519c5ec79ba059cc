import { createHash } from 'node:crypto'
import { INSTALL_LIFE_MS } from '../flows/install-account.ts'

const SECONDS = 1000
const NAME_CHARS = 12

/**
 * The cookie that tells the browser that opened a one-time link from every other. Each state has a cookie of its own, so that two
 * installations may run in two tabs.
 *
 * `__Host-` keeps it from other hosts, from http and from other paths: RFC 6265bis section 4.1.3.2. Lax: HubSpot sends the browser back by a link.
 */
export function rememberBrowser({ state, browserSecret }: { state: string; browserSecret: string }, isSecure: boolean): string {
  return cookie(state, { value: browserSecret, maxAgeSeconds: INSTALL_LIFE_MS / SECONDS, isSecure })
}

export function forgetBrowser(state: string, isSecure: boolean): string {
  return cookie(state, { value: '', maxAgeSeconds: 0, isSecure })
}

/** What `rememberBrowser` gave this browser for the state; undefined when it is another. */
export function readBrowser(header: string | undefined, state: string, isSecure: boolean): string | undefined {
  const name = `${nameOf(state, isSecure)}=`
  const found = (header ?? '').split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(name))
  // Sent twice, one of them is somebody else's: which one was meant?
  return found.length === 1 ? found[0]?.slice(name.length) : undefined
}

function cookie(state: string, { value, maxAgeSeconds, isSecure }: { value: string; maxAgeSeconds: number; isSecure: boolean }): string {
  return `${nameOf(state, isSecure)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

/** On this machine, without https, a browser takes no `__Host-` cookie. */
function nameOf(state: string, isSecure: boolean): string {
  const digest = createHash('sha256').update(state).digest('hex').slice(0, NAME_CHARS)
  return `${isSecure ? '__Host-' : ''}trackline-install-${digest}`
}
