/** A PEM block: what it calls itself and what it holds. */
export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
}

const PEM = /^-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----$/

/** Reads the one block of a PEM text, or undefined. Environment files write its line ends as a backslash and an n. */
export function readPem(text: string): PemBlock | undefined {
  const [, label, body] = PEM.exec(text.replaceAll('\\n', '\n').trim()) ?? []
  const bytes = body === undefined ? undefined : decodeBase64(body.replace(/\s/g, ''))
  return label === undefined || bytes === undefined ? undefined : { label, bytes }
}

/** The text that a strict PEM reader accepts, for the runtime's own import. */
export function writePem({ label, bytes }: PemBlock): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n')
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
