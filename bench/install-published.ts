import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PUBLISHED = join(ROOT, 'bench/published')
const INSTALLED = join(PUBLISHED, 'node_modules/.package-lock.json')
/** What runs beside the installed packages: the servers of the benchmarks, and what those import. */
const SERVERS = ['trackline-server', 'growth-server', 'drain-server', 'service', 'origin', 'fill-outbox', 'session']

/**
 * Packs Trackline and installs it below `bench/published`, as its users do: JavaScript from packages. What this repository runs, TypeScript
 * that Node takes the types out of, starts later and holds 50 MB more. Done when a source is newer than what is installed.
 */
export function installPublished(): void {
  if (existsSync(INSTALLED) && newestSource() <= statSync(INSTALLED).mtimeMs) return
  process.stdout.write('packing Trackline and installing it into bench/published\n')
  rmSync(PUBLISHED, { recursive: true, force: true })
  mkdirSync(PUBLISHED)
  writeFileSync(join(PUBLISHED, 'package.json'), '{ "private": true, "type": "module" }\n')
  run('npm', ['run', '--silent', 'pack'], ROOT)
  const packages = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.tgz'))
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...packages.map((name) => join(ROOT, 'dist', name))], PUBLISHED)
  for (const name of SERVERS) writeFileSync(join(PUBLISHED, `${name}.js`), asJavaScript(readFileSync(join(ROOT, 'bench', `${name}.ts`), 'utf8')))
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

function run(command: string, args: string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}
