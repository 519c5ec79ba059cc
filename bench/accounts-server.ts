import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicKey } from '@trackline/proxy'
import { mintSession } from '@trackline/session'
import type { ServerReady } from './messages.ts'
import { startService } from './service.ts'

/**
 * Trackline with many connected accounts, numbered from 1, each with a site of its own, in a process of its own. Arguments: the address of
 * the upstream, how many accounts. The access token of the first is `dead`; those of the others say their number.
 */
const [upstream = '', accounts = ''] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
const numbers = Array.from({ length: Number(accounts) }, (_, index) => index + 1)
const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const [privateKey, jwk] = await Promise.all([keys.privateKey, keys.publicKey].map((key) => crypto.subtle.exportKey('jwk', key)))
if (!privateKey || !jwk) throw new Error('a key pair has two keys')
const session = publicKey({ jwk, issuer: 'app', audience: 'trackline' })
const sites = Object.fromEntries(numbers.map((portal) => [`site${portal}`, { origins: [`https://app${portal}.example.com`], session, portal }]))

const { url, parts } = await startService({ folder, upstream, sites })
for (const portal of numbers) await parts.vault.saveInstall(portal, { accessToken: portal === 1 ? 'dead' : `token${portal}`, refreshToken: 'none', expiresIn: 3_600 })
process.on('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
const token = await mintSession({ sub: 'ada', email: 'ada@example.com', privateKey, issuer: 'app', audience: 'trackline', ttl: '1h' })
process.send?.({ url, token } satisfies ServerReady)
