import { describe, expect, it } from 'vitest'
import { inspectToken, introspect, jwks, verifySession } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after, ISSUER } from '../support/moment.ts'
import { ecSigner } from '../support/signers.ts'

const signer = ecSigner()
const URL = 'https://id.example.com/keys'

/** Answers with our key, or that everybody is Ada, and remembers that it was asked. */
function answering() {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    return Response.json({ keys: [signer.publicJwk], active: true, sub: 'ada', iss: ISSUER })
  }
  return { fetch, asked }
}

describe('what asks for keys and about tokens', () => {
  it.each([
    ['jwks', (fetch?: typeof globalThis.fetch) => jwks({ url: URL, issuer: ISSUER, ...(fetch && { fetch }) })],
    ['introspect', (fetch?: typeof globalThis.fetch) => introspect({ url: URL, ...(fetch && { fetch }) })],
  ])('%s: the fetch of the options, unless the preset has its own', async (_, make) => {
    const [options, own] = [answering(), answering()]
    const verify = (preset: ReturnType<typeof make>) => verifySession(forgeToken(signer), preset, { now: after(0), fetch: options.fetch })
    await expect(verify(make())).resolves.toMatchObject({ subject: 'ada' })
    expect([options.asked, own.asked]).toEqual([[URL], []])
    await expect(verify(make(own.fetch))).resolves.toMatchObject({ subject: 'ada' })
    expect([options.asked, own.asked]).toEqual([[URL], [URL]])
    const [verdict] = await inspectToken(forgeToken(signer), [make()], { now: after(0), fetch: options.fetch })
    expect([verdict?.accepts, options.asked]).toEqual([true, [URL, URL]])
  })
})
