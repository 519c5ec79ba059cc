import { lookup as resolveName } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Agent, fetch as fetchWith } from 'undici'
import { isPublicAddress, unreachableBecause } from './reachable-address.ts'
import type { Reach } from './reachable-address.ts'

export const MAX_ANSWER_BYTES = 64 * 1024
export const ANSWER_WITHIN_MS = 2_000

type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

export interface GuardOptions extends Partial<Reach> {
  /** Longest answer, in bytes. Default 65 536. */
  maxBytes?: number
  /** Longest time for the whole exchange, in milliseconds. Default 2000. */
  timeoutMs?: number
  /** What knows the addresses of a name. Default: the system's resolver. */
  resolve?: Resolve
}

/**
 * Makes a `fetch` for addresses that may have been chosen by somebody else: https only, no redirects, bounded in size and time, and
 * never to an address that is not public.
 *
 * A name is resolved once for a connection, each of its addresses is checked, and the connection goes to what was checked: a name that
 * changes its mind between check and use (DNS rebinding) changes nothing. With `allowPrivate`, private addresses are reached too, and
 * those by http as well; link-local ones never are, since clouds give out credentials there.
 *
 * @returns a `fetch` whose answer is read in full when it resolves. It rejects with an Error that says what was refused.
 */
export function guardedFetch(options: GuardOptions = {}): typeof fetch {
  const { allowPrivate = false, allowLoopback = false, maxBytes = MAX_ANSWER_BYTES, timeoutMs = ANSWER_WITHIN_MS, resolve = resolveBySystem } = options
  const reach = { allowPrivate, allowLoopback }
  const agents = {
    'https:': agentFor(timeoutMs, checkedLookup(resolve, (address) => unreachableBecause(address, reach))),
    // Plain text stays inside: an address that was private when it was checked.
    'http:': agentFor(timeoutMs, checkedLookup(resolve, (address) => unreachableBecause(address, reach) ?? publicByHttp(address))),
  }

  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    refuseAddress(url, reach)
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout
    const dispatcher = agents[url.protocol === 'http:' ? 'http:' : 'https:']
    // undici's types are its own copies of the standard's: what differs is the dispatcher, which it alone has.
    const bounded = { ...init, signal, redirect: 'manual', dispatcher } as unknown as NonNullable<Parameters<typeof fetchWith>[1]>
    const response = await fetchWith(url, bounded).catch((error: unknown) => {
      throw reasonOf(error)
    })
    const body = await readBounded(response.body as ReadableStream<Uint8Array> | null, maxBytes)
    const { status, statusText } = response
    const isBodiless = [204, 205, 304].includes(status)
    return new Response(isBodiless ? null : body, { status, statusText, headers: [...response.headers] })
  }
}

/** What can be said before anything is resolved: the scheme, credentials in the address, an IP address written out. */
function refuseAddress({ protocol, hostname, username, password }: URL, reach: Reach): void {
  if (protocol !== 'https:' && !((reach.allowPrivate || reach.allowLoopback) && protocol === 'http:')) throw new Error(`only https is asked: got ${protocol.slice(0, -1)}`)
  if (username || password) throw new Error('an address with a user name or password is not asked')
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  // An address is not resolved, so that the check at connecting would never see it.
  const reason = isIP(host) ? (unreachableBecause(host, reach) ?? (protocol === 'http:' ? publicByHttp(host) : undefined)) : undefined
  if (reason !== undefined) throw new Error(`${host} is not asked: ${reason}`)
}

function publicByHttp(address: string): string | undefined {
  return isPublicAddress(address) ? 'it is public, and http is for private addresses only' : undefined
}

function agentFor(timeoutMs: number, lookup: LookupFunction): Agent {
  return new Agent({ connect: { lookup, timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, maxRedirections: 0 } as Agent.Options)
}

/** Gives the connection only what was checked; one bad address among good ones is a trick, and refuses them all. */
function checkedLookup(resolve: Resolve, reasonAgainst: (address: string) => string | undefined): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const bad = addresses.map(({ address }) => ({ address, reason: reasonAgainst(address) })).find(({ reason }) => reason !== undefined)
        const [first] = addresses
        if (bad || !first) return callback(new Error(`${hostname} is not asked: ${bad ? `it leads to ${bad.address}, and ${bad.reason}` : 'it leads nowhere'}`), '')
        if (all) callback(null, [...addresses])
        else callback(null, first.address, first.family)
      },
      (error: Error) => callback(error, ''),
    )
  }
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    resolveName(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })
}

async function readBounded(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** 'fetch failed' says nothing; what failed is its cause. */
function reasonOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (error.name === 'TimeoutError') return new Error('no answer came in time', { cause: error })
  return error.cause instanceof Error ? new Error(error.cause.message, { cause: error.cause }) : error
}
