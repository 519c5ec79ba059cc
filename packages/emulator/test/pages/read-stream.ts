export type StreamMessage = { id: string; event: string; message: Record<string, string> }

/** Reads server-sent events one at a time; `next` waits for the next one, and answers undefined when the stream has ended. */
export async function openStream(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let buffer = ''

  async function next(): Promise<StreamMessage | undefined> {
    for (;;) {
      const end = buffer.indexOf('\n\n')
      if (end === -1) {
        const read = await reader?.read()
        if (read === undefined || read.done) return undefined
        buffer += read.value
        continue
      }
      const block = buffer.slice(0, end)
      buffer = buffer.slice(end + 2)
      if (block.includes('data: ')) return parseBlock(block)
    }
  }

  return { response, next, close: () => abort.abort() }
}

function parseBlock(block: string): StreamMessage {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => [line.split(': ')[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
  )
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? '', message: JSON.parse(fields.get('data') ?? '{}') }
}
