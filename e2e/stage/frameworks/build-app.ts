import { execFile } from 'node:child_process'
import { cpSync, rmSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { baseEnvironment } from '../base-environment.ts'
import { FRAMEWORKS } from './install-frameworks.ts'

const run = promisify(execFile)

/** Programs of the frameworks, each a file below `node_modules`. */
const PROGRAMS: Record<string, string> = {
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  astro: 'astro/bin/astro.mjs',
  next: 'next/dist/bin/next',
  nuxt: 'nuxt/bin/nuxt.mjs',
}

/** Writes the app into a folder of its own, as the README has it but with a proxy of this machine. Gives that folder. */
export function copyApp(name: string, proxyUrl: string): string {
  const folder = join(FRAMEWORKS, 'data', name)
  rmSync(folder, { recursive: true, force: true })
  for (const part of ['shared', name]) cpSync(join(FRAMEWORKS, part), folder, { recursive: true })
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.\w+$/.test(path))) {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replaceAll('https://t.example.com', proxyUrl).replaceAll('app.example.com', 'northwind'))
  }
  return folder
}

/** The file of one of the apps' tools. */
export function fileOf(program: string): string {
  return PROGRAMS[program] ? join(FRAMEWORKS, 'node_modules', PROGRAMS[program]) : program
}

/** Runs one of the app's own tools. @throws with all that it wrote, when it fails */
export async function runTool(folder: string, [program = '', ...args]: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const quiet = { CI: '1', NEXT_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false' }
  const options = { cwd: folder, env: { ...baseEnvironment(), ...quiet, ...env }, maxBuffer: 1e8 }
  const { stdout } = await run(process.execPath, [fileOf(program), ...args], options).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${program} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`, { cause: error })
  })
  return stdout
}
