import type { FastifyInstance, FastifyReply } from 'fastify'
import { ERRORS, TrackError } from '../errors.ts'
import type { BegunInstall, InstallAnswer } from '../flows/install-account.ts'
import { isLinkPreview } from './is-link-preview.ts'
import { forgetBrowser, readBrowser, rememberBrowser } from './install-cookie.ts'
import { renderPage } from './page.ts'

export interface InstallRouteParts {
  begin: (linkSecret: string) => Promise<BegunInstall>
  complete: (answer: InstallAnswer) => Promise<{ site: string; account: number }>
  /** The proxy is reached by https: cookies say so too. */
  isSecure: boolean
  log: (line: Record<string, unknown>, story: string) => void
}

type Query = Record<string, unknown>

const PREVIEW = { title: 'Connect HubSpot', paragraphs: ['An administrator of the HubSpot account opens this link in a browser, once, to connect it.'] }

/** A HEAD, as a link checker sends it, would use up the ticket that a browser is about to show. */
const GET_ONLY = { exposeHeadRoute: false }

/** `/oauth/install` → HubSpot's consent page → `/oauth/callback`: once per HubSpot account, by an administrator, in a browser. */
export function installRoutes(app: FastifyInstance, { begin, complete, isSecure, log }: InstallRouteParts): void {
  app.get<{ Querystring: Query }>('/oauth/install', GET_ONLY, async (request, reply) =>
    answerWithPage(reply, async () => {
      // The chat that the link was sent by must not use it up.
      if (isLinkPreview(request.headers['user-agent'])) return sendPage(reply, PREVIEW)
      const { consentUrl, ...begun } = await begin(single(request.query, 'link') ?? '')
      return reply.header('set-cookie', rememberBrowser(begun, isSecure)).redirect(consentUrl, 302)
    }),
  )

  app.get<{ Querystring: Query }>('/oauth/callback', GET_ONLY, async (request, reply) =>
    answerWithPage(reply, async () => {
      const [state = '', code, error] = ['state', 'code', 'error'].map((name) => single(request.query, name))
      const browserSecret = readBrowser(request.headers.cookie, state, isSecure)
      reply.header('set-cookie', forgetBrowser(state, isSecure))
      const { site, account } = await complete({ state, ...withoutAbsent({ code, error, browserSecret }) })
      log({ site, portalId: account }, 'account.connected')
      // Away from the address that holds the code, so that no history or referrer keeps it.
      return reply.redirect('/oauth/connected', 303)
    }),
  )

  app.get('/oauth/connected', GET_ONLY, async (_request, reply) =>
    sendPage(reply, { title: 'Connected', paragraphs: ['Your HubSpot account is connected. Events that were waiting are on their way.', 'You can close this page.'] }),
  )
}

/** A member that comes twice says nothing: which one was meant? */
function single(query: Query, name: string): string | undefined {
  const value = query[name]
  return typeof value === 'string' ? value : undefined
}

function withoutAbsent(members: { [Name in 'code' | 'error' | 'browserSecret']: string | undefined }): Omit<InstallAnswer, 'state'> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

async function answerWithPage(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TrackError)) throw error
    const { status, says, remedy } = ERRORS[error.code]
    return sendPage(reply.code(status), { title: capitalised(says), paragraphs: [capitalised(`${error.message}.`), capitalised(`${remedy}.`)], code: error.code })
  }
}

function sendPage(reply: FastifyReply, page: { title: string; paragraphs: string[]; code?: string }): FastifyReply {
  const { html, contentSecurityPolicy } = renderPage(page)
  return reply.header('content-security-policy', contentSecurityPolicy).type('text/html; charset=utf-8').send(html)
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
