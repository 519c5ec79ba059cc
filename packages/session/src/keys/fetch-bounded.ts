export interface BoundedRequest {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly init?: RequestInit
}

export interface BoundedAnswer {
  /** 0 where the runtime hides the status of a redirect. */
  readonly status: number
  /** Empty unless the status is 200. */
  readonly bytes: Uint8Array
}

/**
 * Asks an address. Redirects are not followed, an answer over `maxBytes` is given up while it arrives, and the whole
 * exchange has `timeoutMs`.
 * @throws when there is no answer, or one that is too large.
 */
export async function fetchBounded(url: URL, { fetch, timeoutMs, maxBytes, init }: BoundedRequest): Promise<BoundedAnswer> {
  // 'manual', not 'error', which some edge runtimes refuse as an option: a redirect is then an answer other than 200.
  const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  if (response.status === 200) return { status: 200, bytes: await readBounded(response, maxBytes) }
  await response.body?.cancel()
  return { status: response.status, bytes: new Uint8Array() }
}

/** Node says 'fetch failed' and keeps what failed (refused, no such host, a bad certificate) in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

async function readBounded({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body?.getReader()
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length
    if (size > maxBytes) {
      await reader?.cancel()
      throw new Error(`the answer is larger than ${maxBytes} bytes`)
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
