/** An event as the emulator stored it, and as a HubSpot user reads it. */
export interface TimelineEvent {
  id: string
  eventTemplateId: string
  templateName: string
  portalId: number
  email: string
  timestamp: string
  createdAt: string
  tokens: Record<string, string>
  extraData?: unknown
  /** How often it was sent; HubSpot shows it once all the same. */
  writes: number
  header: string
  detail: string
}

export interface Fault {
  next?: number
  path?: string
  status?: number
  retryAfterSeconds?: number
  policyName?: string
  drop?: boolean
  resetAfterAccept?: boolean
  delayMs?: number
}

interface RequestCount {
  method: string
  path: string
  status: number | string
  count: number
}

export type HubSpot = ReturnType<typeof driveHubSpot>

/** Looks into a HubSpot emulator, and makes it fail. */
export function driveHubSpot(url: string) {
  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const json = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(url + path, { method, ...json })
    const text = await response.text()
    if (!response.ok) throw new Error(`the emulator answered ${method} ${path} with ${response.status}: ${text}`)
    return JSON.parse(text || 'null')
  }

  return {
    url,
    /** Newest first; all contacts' without an email. */
    events(email?: string): Promise<TimelineEvent[]> {
      return call('GET', `/_emulator/events?${new URLSearchParams(email === undefined ? {} : { email })}`)
    },
    contacts: () => call<{ email: string }[]>('GET', '/_emulator/contacts'),
    fail: (fault: Fault) => call<Fault[]>('POST', '/_emulator/faults', fault),
    recover: () => call<void>('DELETE', '/_emulator/faults'),
    limit: (limits: { per10s?: number | null; accessTokenSeconds?: number }) => call<object>('POST', '/_emulator/limits', limits),
    forgetRequests: () => call<void>('DELETE', '/_emulator/requests'),

    /** How many calls whose path ends so were answered with this status. */
    async countRequests(pathEnd: string, status: number | string): Promise<number> {
      const requests = await call<RequestCount[]>('GET', '/_emulator/requests')
      const wanted = requests.filter((each) => each.path.endsWith(pathEnd) && each.status === status)
      return wanted.reduce((sum, { count }) => sum + count, 0)
    },

    /** What an administrator does who removes the app: every token of the account ends. */
    async uninstall(portal: number): Promise<void> {
      const { access_token: token } = await call<{ access_token: string }>('GET', `/_emulator/token?portal=${portal}`)
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${url}/appinstalls/v3/external-install`, { method: 'DELETE', headers })
      if (!response.ok) throw new Error(`the emulator did not uninstall the app: ${response.status} ${await response.text()}`)
    },

    /** What an administrator does who edits a template in HubSpot. */
    async changeToken(templateName: string, tokenName: string, change: object): Promise<void> {
      const base = '/integrators/timeline/v3/1/event-templates'
      const { results } = await call<{ results: { id: string; name: string }[] }>('GET', `${base}?hapikey=trackline-dev-key`)
      const template = results.find(({ name }) => name === templateName)
      await call('PUT', `${base}/${template?.id}/tokens/${tokenName}?hapikey=trackline-dev-key`, change)
    },
  }
}
