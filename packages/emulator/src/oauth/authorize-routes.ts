import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DEFAULT_PORTAL_ID, readPortalId } from '../developer-app.ts'
import { readForm } from '../http/body-parsers.ts'
import { errorPage } from '../pages/error-page.ts'
import { sendPage } from '../pages/page.ts'
import type { World } from '../world.ts'
import { consentPage } from './consent-page.ts'
import { readInstallRequest } from './install-request.ts'
import type { InstallRequest } from './install-request.ts'
import { withQuery } from './with-query.ts'

const PATHS = ['/oauth/authorize', '/oauth/:account/authorize']

/** The consent page, and the answer a person gives on it. */
export function authorizeRoutes(app: FastifyInstance, world: World): void {
  for (const path of PATHS) {
    app.get(path, async (request, reply) =>
      withInstall(request, reply, (install, fixedPortalId) => {
        if (world.isAutoConsent) return approve(world, reply, { install, portalId: fixedPortalId ?? DEFAULT_PORTAL_ID })
        const installedPortalIds = world.grants.live().map((grant) => grant.portalId)
        return sendPage(reply, consentPage({ install, fixedPortalId, installedPortalIds, action: request.url }))
      }),
    )

    app.post(path, async (request, reply) =>
      withInstall(request, reply, (install, fixedPortalId) => {
        const portalId = fixedPortalId ?? chosenPortalId(readForm(request))
        if (portalId === undefined)
          return sendPage(reply, errorPage('The account must be a number of 1 to 15 digits, such as 62515.'), 400)
        return approve(world, reply, { install, portalId })
      }),
    )
  }
}

type Continue = (install: InstallRequest, fixedPortalId: number | undefined) => FastifyReply

// The POST repeats the whole query of the page, and is judged by the same rules: nothing is remembered in between.
function withInstall(request: FastifyRequest, reply: FastifyReply, proceed: Continue): FastifyReply {
  // True because the only parameter in PATHS is :account, and the router gives strings.
  const { account } = request.params as { account?: string }
  const fixedPortalId = readPortalId(account)
  if (account !== undefined && fixedPortalId === undefined)
    return sendPage(reply, errorPage(`"${account}" is not an account number.`), 400)
  const install = readInstallRequest(new URL(request.url, 'http://emulator').searchParams)
  if ('problem' in install) return sendPage(reply, errorPage(install.problem), 400)
  return proceed(install, fixedPortalId)
}

function chosenPortalId(form: URLSearchParams): number | undefined {
  const choice = form.get('account')
  return readPortalId(choice === 'other' ? form.get('other_account')?.trim() : choice)
}

function approve(world: World, reply: FastifyReply, { install, portalId }: { install: InstallRequest; portalId: number }) {
  const { redirectUri, codeChallenge, scopes, optionalScopes, state } = install
  const code = world.grants.issueCode({ portalId, scopes: [...scopes, ...optionalScopes], redirectUri, codeChallenge })
  return reply.header('cache-control', 'no-store').redirect(withQuery(redirectUri, { code, state }), 302)
}
