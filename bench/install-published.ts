import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PUBLISHED = join(ROOT, 'bench/published')
/** Written last. */
const INSTALLED = join(PUBLISHED, 'package.json')
/** What runs beside the installed packages: the servers of the benchmarks, and what those import. */
const SERVERS = ['trackline-server', 'growth-server', 'drain-server', 'service', 'origin', 'fill-outbox', 'session']

/**
 * Packs Trackline and puts what is published below `bench/published`: JavaScript. What this repository runs, TypeScript that Node takes the
 * types out of, starts later and holds 50 MB more. What the packages depend on is the repository's. Done when a source is newer than what is there.
 */
export function installPublished(): void {
  const newest = newestSource()
  if (existsSync(INSTALLED) && newest <= Math.round(statSync(INSTALLED).mtimeMs)) return
  process.stdout.write('packing Trackline into bench/published\n')
  rmSync(PUBLISHED, { recursive: true, force: true })
  execFileSync('npm', ['run', '--silent', 'pack'], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  for (const name of readdirSync(join(ROOT, 'packages'))) installPackage(name)
  for (const name of SERVERS) writeFileSync(join(PUBLISHED, `${name}.js`), asJavaScript(readFileSync(join(ROOT, 'bench', `${name}.ts`), 'utf8')))
  writeFileSync(INSTALLED, '{ "private": true, "type": "module" }\n')
  // As old as what it was made of: what was changed meanwhile is newer.
  utimesSync(INSTALLED, newest / 1_000, newest / 1_000)
}

function installPackage(name: string): void {
  const path = join(PUBLISHED, 'node_modules/@trackline', name)
  mkdirSync(path, { recursive: true })
  cpSync(join(ROOT, 'dist', name), path, { recursive: true })
  // Dependencies of which the repository has another version, too.
  const own = join(ROOT, 'packages', name, 'node_modules')
  if (existsSync(own)) symlinkSync(own, join(path, 'node_modules'))
}

/** In whole milliseconds, as a file's time is kept when it is set. */
function newestSource(): number {
  const names = ['packages', 'bench'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  const sources = names.filter((name) => /\.\w+$/.test(name) && !/[\\/](?:node_modules|dist|published|results|rivals|test)(?:[\\/]|$)/.test(name))
  const others = ['scripts/pack.ts', 'tsconfig.build.json', 'tsconfig.json', 'rollup.config.mjs']
  return Math.floor(Math.max(...[...sources, ...others].map((name) => statSync(join(ROOT, name)).mtimeMs)))
}

function asJavaScript(source: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true }
  return ts.transpileModule(source, { compilerOptions }).outputText
}
