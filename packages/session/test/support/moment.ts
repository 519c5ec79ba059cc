export const NOW = new Date('2026-03-04T05:06:07.000Z')
export const NOW_SECONDS = NOW.getTime() / 1000
export const ISSUER = 'https://id.example.com/'
export const AUDIENCE = 'https://api.example.com'

/** The frozen moment, some seconds later. */
export function after(seconds: number): () => Date {
  return () => new Date(NOW.getTime() + seconds * 1000)
}
