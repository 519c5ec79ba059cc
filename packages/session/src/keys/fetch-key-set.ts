const MAX_KEY_SET_BYTES = 256 * 1024
export const FETCH_TIMEOUT_MS = 5000

/**
 * Loads the JSON document at an address. Redirects are not followed, an answer over 256 KiB is given up while it
 * arrives, and the whole exchange has `timeoutMs` (5000 in use).
 * @throws Error that names the address, without its query, and what went wrong.
 */
export async function fetchKeySet(url: URL, fetch: typeof globalThis.fetch, timeoutMs: number): Promise<unknown> {
  const address = `${url.origin}${url.pathname}`
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      // Not 'error', which some edge runtimes refuse as an option: here a redirect is an answer other than 200.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return await readDocument(response)
  } catch (cause) {
    throw new Error(`the key set at ${address} could not be loaded: ${reasonOf(cause)}`, { cause })
  }
}

/** Node says 'fetch failed' and keeps what failed (refused, no such host, a bad certificate) in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

async function readDocument(response: Response): Promise<unknown> {
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`expected status 200, got ${response.status || 'a redirect'}`)
  }
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await readBounded(response))
  return JSON.parse(text)
}

async function readBounded({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body?.getReader()
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length
    if (size > MAX_KEY_SET_BYTES) {
      await reader?.cancel()
      throw new Error(`the answer is larger than ${MAX_KEY_SET_BYTES} bytes`)
    }
    chunks.push(read.value)
  }
  return joined(chunks, size)
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
