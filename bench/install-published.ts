import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
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
  if (existsSync(INSTALLED) && newestSource() <= statSync(INSTALLED).mtimeMs) return
  process.stdout.write('packing Trackline into bench/published\n')
  rmSync(PUBLISHED, { recursive: true, force: true })
  execFileSync('npm', ['run', '--silent', 'pack'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  for (const name of readdirSync(join(ROOT, 'packages'))) installPackage(name)
  for (const name of SERVERS) writeFileSync(join(PUBLISHED, `${name}.js`), asJavaScript(readFileSync(join(ROOT, 'bench', `${name}.ts`), 'utf8')))
  writeFileSync(INSTALLED, '{ "private": true, "type": "module" }\n')
}

function installPackage(name: string): void {
  const path = join(PUBLISHED, 'node_modules/@trackline', name)
  mkdirSync(path, { recursive: true })
  cpSync(join(ROOT, 'dist', name), path, { recursive: true })
  // Dependencies of which the repository has another version, too.
  const own = join(ROOT, 'packages', name, 'node_modules')
  if (existsSync(own)) symlinkSync(own, join(path, 'node_modules'))
}

function newestSource(): number {
  const sources = ['packages', 'bench'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)))
  const own = sources.filter((path) => /\.(?:ts|json)$/.test(path) && !/[\\/](?:node_modules|dist|published|results|test)[\\/]/.test(path))
  return Math.max(...own.map((path) => statSync(path).mtimeMs))
}

function asJavaScript(source: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true }
  return ts.transpileModule(source, { compilerOptions }).outputText
}
