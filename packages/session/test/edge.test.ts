import { isBuiltin } from 'node:module'
import { EdgeVM } from '@edge-runtime/vm'
import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'

/** The package as an edge runtime gets it: one script, bundled for browsers' conditions, every import of it inside. */
async function bundle(entry: string): Promise<{ code: string; builtins: string[] }> {
  const builtins: string[] = []
  const made = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [{
      name: 'builtins',
      resolveId(source) {
        if (isBuiltin(source)) builtins.push(source)
        return null
      },
    }],
    cwd: new URL('.', import.meta.url).pathname,
  })
  const { output } = await made.generate({ format: 'iife', name: 'session' })
  await made.close()
  return { code: output[0].code, builtins }
}

it('mints and verifies in an edge runtime, with no built-in module of Node', async () => {
  const { code, builtins } = await bundle('@trackline/session')
  expect(builtins).toEqual([])
  const edge = new EdgeVM()
  expect(edge.evaluate('typeof process + typeof require + typeof Buffer')).toBe('undefinedundefinedundefined')
  edge.evaluate(code)
  const said: string = await edge.evaluate(`(async () => {
    const secret = 's'.repeat(32)
    const preset = session.sharedSecret({ secret, issuer: 'shop', audience: 'trackline' })
    const token = await session.mintSession({ sub: 'ada', secret, issuer: 'shop', audience: 'trackline' })
    const request = new Request('https://app.example.com', { headers: { authorization: 'Bearer ' + token } })
    const { subject } = await session.verifySession(request, preset)
    const refused = await session.verifySession(token.slice(0, -4) + 'AAAA', preset).catch(({ reason }) => reason)
    return subject + ' ' + refused
  })()`)
  expect(said).toBe('ada signature_mismatch')
}, 30_000)
