import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { publicKey, sharedSecret, verifySession } from '../src/index.ts'
import { rsaSigner } from './support/signers.ts'

const PAGE = join(dirname(fileURLToPath(import.meta.url)), '../../../docs/minting.md')
const SECRET = 'a secret of mörë than thirty-two bytes, in UTF-8'
const COMMON = { issuer: 'app.example.com', audience: 'trackline' }

/** How a program of the page is run: its file, and the command before it. */
const LANGUAGES = [
  { language: 'python', file: 'mint.py', command: ['python3'], probe: ['python3', '--version'] },
  { language: 'php', file: 'mint.php', command: ['php'], probe: ['php', '--version'] },
  { language: 'ruby', file: 'mint.rb', command: ['ruby'], probe: ['ruby', '--version'] },
  { language: 'go', file: 'mint.go', command: ['go', 'run'], probe: ['go', 'version'] },
  { language: 'java', file: 'Mint.java', command: ['java'], probe: ['javac', '-version'] },
  { language: 'sh', file: 'mint.sh', command: ['sh'], probe: ['openssl', 'version'] },
  { language: 'bash', file: 'mint-rs256.sh', command: ['sh'], probe: ['openssl', 'version'] },
] as const

const page = await readFile(PAGE, 'utf8')
const programs = new Map([...page.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language = '', code = '']) => [language, code]))
const folder = await mkdtemp(join(tmpdir(), 'minting-'))
const key = rsaSigner()
await writeFile(join(folder, 'session.pem'), key.privatePem)
afterAll(() => rm(folder, { recursive: true }))

function isInstalled([command, ...probe]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(command, probe, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('docs/minting.md', () => {
  it('has a program for each language, and no other', () => {
    expect([...programs.keys()]).toEqual(LANGUAGES.map(({ language }) => language))
  })

  for (const { language, file, command, probe } of LANGUAGES) {
    const installed = isInstalled(probe)
    it.runIf(installed)(`${language}: the token is accepted${installed ? '' : ` (skipped: ${probe[0]} is not installed)`}`, { timeout: 120_000 }, async () => {
      await writeFile(join(folder, file), programs.get(language) ?? '')
      const [program, ...before] = command
      const env = { ...process.env, SESSION_SECRET: SECRET, SESSION_KEY: join(folder, 'session.pem') }
      const token = execFileSync(program, [...before, join(folder, file), '42', 'Ada@Example.com'], { env, encoding: 'utf8' }).trimEnd()
      const preset = language === 'bash' ? publicKey({ pem: key.publicPem, ...COMMON }) : sharedSecret({ secret: SECRET, ...COMMON })
      const session = await verifySession(token, preset)
      expect(session).toMatchObject({ subject: '42', email: 'Ada@example.com', issuer: 'app.example.com' })
      expect(session.claims.exp).toBe(Number(session.claims.iat) + 300)
      const other = language === 'bash' ? publicKey({ pem: rsaSigner().publicPem, ...COMMON }) : sharedSecret({ secret: `${SECRET}!`, ...COMMON })
      await expect(verifySession(token, other)).rejects.toMatchObject({ reason: 'signature_mismatch' })
    })
  }
})
