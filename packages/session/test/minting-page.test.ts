import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { publicKey, sharedSecret, verifySession } from '../src/index.ts'
import type { SessionPreset } from '../src/index.ts'
import { ecSigner, rsaSigner } from './support/signers.ts'
import type { KeySigner } from './support/signers.ts'

const PAGE = join(dirname(fileURLToPath(import.meta.url)), '../../../docs/minting.md')
const SECRET = 'a secret of mörë than thirty-two bytes, in UTF-8'
const COMMON = { issuer: 'app.example.com', audience: 'trackline' }
/** What JSON has to escape, or need not and does. */
const ODD_SUBJECT = 'a"\\/<&>é\u2028😀'

type Command = readonly [string, ...string[]]
interface Language {
  file: string
  command: Command
  probe: Command
  /** False where the page says so. */
  escapes?: false
}

const PYTHON: Language = { file: 'mint.py', command: ['python3'], probe: ['python3', '--version'] }
const PHP: Language = { file: 'mint.php', command: ['php'], probe: ['php', '--version'] }
const RUBY: Language = { file: 'mint.rb', command: ['ruby'], probe: ['ruby', '--version'] }
const GO: Language = { file: 'mint.go', command: ['go', 'run'], probe: ['go', 'version'] }
const JAVA: Language = { file: 'Mint.java', command: ['java'], probe: ['javac', '-version'] }
const SHELL: Language = { file: 'mint.sh', command: ['sh'], probe: ['openssl', 'version'], escapes: false }
const PYTHON_WITH_KEYS: Language = { ...PYTHON, probe: ['python3', '-c', 'import cryptography'] }

/** The programs of the page, in its order: what each begins with, how it is run, and what it signs with. */
const PROGRAMS = [
  { fence: 'python', alg: 'HS256', language: PYTHON },
  { fence: 'php', alg: 'HS256', language: PHP },
  { fence: 'ruby', alg: 'HS256', language: RUBY },
  { fence: 'go', alg: 'HS256', language: GO },
  { fence: 'java', alg: 'HS256', language: JAVA },
  { fence: 'sh', alg: 'HS256', language: SHELL },
  { fence: 'python', alg: 'ES256', language: PYTHON_WITH_KEYS },
  { fence: 'php', alg: 'ES256', language: PHP },
  { fence: 'ruby', alg: 'ES256', language: RUBY },
  { fence: 'go', alg: 'ES256', language: GO },
  { fence: 'java', alg: 'ES256', language: JAVA },
  { fence: 'sh', alg: 'RS256', language: SHELL },
] as const

/** What stands before the programs, routes too, is of minting-routes.test.ts. */
const page = (await readFile(PAGE, 'utf8')).replace(/^.*?^(?=## Python$)/ms, '')
const blocks = [...page.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, fence = '', code = '']) => ({ fence, code }))
const folder = await mkdtemp(join(tmpdir(), 'minting-'))
const keys = { ES256: { ours: ecSigner(), other: ecSigner() }, RS256: { ours: rsaSigner(), other: rsaSigner() } }
afterAll(() => rm(folder, { recursive: true }))

function isInstalled([command, ...probe]: Command): boolean {
  try {
    execFileSync(command, probe, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The preset that the page names for such tokens, and one that differs in the key alone. */
function presetsFor(alg: 'HS256' | 'ES256' | 'RS256'): readonly [ours: SessionPreset, other: SessionPreset] {
  if (alg === 'HS256') return [sharedSecret({ secret: SECRET, ...COMMON }), sharedSecret({ secret: `${SECRET}!`, ...COMMON })]
  const presetOf = ({ publicPem }: KeySigner) => publicKey({ pem: publicPem, ...COMMON })
  return [presetOf(keys[alg].ours), presetOf(keys[alg].other)]
}

describe('docs/minting.md', () => {
  it('has these programs and no others', () => {
    expect(blocks.map(({ fence }) => fence)).toEqual(PROGRAMS.map(({ fence }) => fence))
  })

  for (const [index, { fence, alg, language }] of PROGRAMS.entries()) {
    const { file, command: [program, ...before], probe, escapes = true } = language
    const installed = isInstalled(probe)
    it.runIf(installed)(`${fence}, ${alg}: the token is accepted${installed ? '' : ` (skipped: ${probe.join(' ')} does not run here)`}`, { timeout: 120_000 }, async () => {
      const place = join(folder, String(index))
      await mkdir(place)
      await writeFile(join(place, file), blocks[index]?.code ?? '')
      if (alg !== 'HS256') await writeFile(join(place, 'session.pem'), keys[alg].ours.privatePem)
      // The arguments are UTF-8, whatever the machine's own language.
      const env = { ...process.env, LC_ALL: 'C.UTF-8', SESSION_SECRET: SECRET, SESSION_KEY: join(place, 'session.pem') }
      const mint = (sub: string, email: string) => execFileSync(program, [...before, join(place, file), sub, email], { env, encoding: 'utf8' }).trimEnd()
      const [ours, other] = presetsFor(alg)
      const token = mint('42', 'Ada@Example.com')
      const session = await verifySession(token, ours)
      expect(session).toMatchObject({ subject: '42', email: 'Ada@example.com', issuer: 'app.example.com' })
      expect(session.claims.exp).toBe(Number(session.claims.iat) + 300)
      await expect(verifySession(token, other)).rejects.toMatchObject({ reason: 'signature_mismatch' })
      if (escapes) await expect(verifySession(mint(ODD_SUBJECT, 'ada@example.com'), ours)).resolves.toMatchObject({ subject: ODD_SUBJECT })
    })
  }
})
