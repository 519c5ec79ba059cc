import { accountName, DEFAULT_PORTAL_ID, DEVELOPER_APP } from '../developer-app.ts'
import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import { topBar } from '../pages/page.ts'
import type { Page } from '../pages/page.ts'
import type { InstallRequest } from './install-request.ts'
import { withQuery } from './with-query.ts'
import { SCOPES } from './scopes.ts'

export type ConsentView = {
  install: InstallRequest
  /** The account that the address names; without it a person chooses. */
  fixedPortalId: number | undefined
  installedPortalIds: readonly number[]
  /** Where the form goes: the page's own address, query included. */
  action: string
}

/** Asks a person whether the app may be connected to an account, and to which. */
export function consentPage({ install, fixedPortalId, installedPortalIds, action }: ConsentView): Page {
  const { scopes, optionalScopes, redirectUri, state } = install
  const cancelled = withQuery(redirectUri, { error: 'access_denied', error_description: 'The request was cancelled', state })
  return {
    title: `Connect ${DEVELOPER_APP.name}`,
    script: 'consent.js',
    body: html`${topBar()}
<main class="narrow">
<form class="card consent" method="post" action="${action}">
<div class="consent-marks" aria-hidden="true">
<span class="event-icon"></span><span class="consent-link"></span><span class="mark"></span>
</div>
<h1>Connect ${DEVELOPER_APP.name} to your account</h1>
<p class="muted">${DEVELOPER_APP.name} asks for access.
Afterwards you return to <strong>${new URL(redirectUri).host}</strong>.</p>
${fixedPortalId === undefined ? accountChoice(installedPortalIds) : fixedAccount(fixedPortalId)}
<h2>${DEVELOPER_APP.name} will be able to</h2>
${scopeList(scopes)}
${optionalScopes.length === 0 ? undefined : html`<h2>And, where your account has the feature</h2>${scopeList(optionalScopes)}`}
<div class="buttons">
<a class="button" href="${cancelled}">Cancel</a>
<button class="button button-main" type="submit">Connect app</button>
</div>
</form>
</main>`,
  }
}

function accountChoice(installedPortalIds: readonly number[]): Html {
  const portalIds = [...new Set([DEFAULT_PORTAL_ID, ...installedPortalIds])]
  return html`<fieldset class="accounts">
<legend>Choose an account</legend>
${portalIds.map((portalId) => accountOption(portalId, portalId === DEFAULT_PORTAL_ID))}
<label class="account"><input type="radio" name="account" value="other"><span>Another account</span>
<input class="account-number" type="text" inputmode="numeric" name="other_account" placeholder="Account number"
 aria-label="Account number" pattern="[0-9]{1,15}"></label>
</fieldset>`
}

function accountOption(portalId: number, isChosen: boolean): Html {
  const input = isChosen
    ? html`<input type="radio" name="account" value="${portalId}" checked>`
    : html`<input type="radio" name="account" value="${portalId}">`
  return html`<label class="account">${input}<span>${accountName(portalId)}</span><span class="muted">${portalId}</span></label>`
}

function fixedAccount(portalId: number): Html {
  return html`<p class="account account-fixed"><span>${accountName(portalId)}</span><span class="muted">${portalId}</span></p>`
}

function scopeList(scopes: readonly string[]): Html {
  const rows = scopes.map((scope) => html`<li><span>${SCOPES.get(scope) ?? scope}</span><code>${scope}</code></li>`)
  return html`<ul class="scope-list">${rows}</ul>`
}
