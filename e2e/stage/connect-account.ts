import { mustRunTrackline, STAGE_CONFIG } from './run-trackline.ts'

/** `trackline connect`: the one-time link with which an administrator connects a site's HubSpot account. */
export async function createConnectLink(env: Record<string, string>, site = 'main'): Promise<string> {
  const printed = await mustRunTrackline(['connect', '--config', STAGE_CONFIG, '--site', site, '--json'], env)
  const { url }: { url: string } = JSON.parse(printed)
  return url
}

/** Goes the way of an administrator's browser, cookie and all, through an emulator that consents by itself. */
export async function connectAccount(env: Record<string, string>, site = 'main'): Promise<void> {
  const begun = await fetch(await createConnectLink(env, site), { redirect: 'manual' })
  const consented = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
  const response = await fetch(consented.headers.get('location') ?? '', { headers: { cookie } })
  const page = await response.text()
  if (response.ok && page.includes('<h1>Connected</h1>')) return
  throw new Error(`'${site}' was not connected: ${response.status} ${page}`)
}
