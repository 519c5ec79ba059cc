import { mustRunTrackline } from './run-trackline.ts'

/** A key for a server of the site's owner, and the digest that the configuration takes. */
export async function generateServerKey(): Promise<{ key: string; digest: string }> {
  return JSON.parse(await mustRunTrackline(['keys', 'generate', '--server', '--json'], {}))
}
