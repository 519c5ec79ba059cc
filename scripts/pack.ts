import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { unlinkMissing } from './unlink-missing.ts'

/**
 * `npm run pack`: writes dist/*.tgz, the packages as they are published, and prints the line that installs them.
 *
 * In this repository the packages run each other's TypeScript. Node takes the types out of no file below node_modules, so what others
 * install is JavaScript: the same files, `.ts` replaced by `.js` in names, imports and package.json.
 */
const OUT = 'dist'
const COMPILED = join(OUT, 'compiled')

rmSync(OUT, { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
execFileSync('rollup', ['-c', '--silent'], { stdio: 'inherit' })
for (const name of readdirSync('packages')) packOne(name)
rmSync(COMPILED, { recursive: true })
const packed = readdirSync(OUT).filter((name) => name.endsWith('.tgz'))
process.stdout.write(`${packed.map((name) => join(OUT, name)).join('\n')}\n\nIn the folder of your site, install all of them, since they need each other:\n\n  npm install ${resolve(OUT)}/*.tgz\n`)

function packOne(name: string): void {
  const [from, to] = [join('packages', name), join(OUT, name)]
  mkdirSync(to)
  cpSync(join(COMPILED, name, 'src'), join(to, 'src'), { recursive: true })
  // What is no TypeScript: pages, styles and browser scripts.
  cpSync(join(from, 'src'), join(to, 'src'), { recursive: true, filter: (path) => !path.endsWith('.ts') })
  if (existsSync(join(from, 'dist'))) cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true })
  const ownOrCommon = (page: string) => (existsSync(join(from, page)) ? join(from, page) : page)
  cpSync(ownOrCommon('LICENSE'), join(to, 'LICENSE'))
  writeFileSync(join(to, 'README.md'), unlinkMissing(readFileSync(ownOrCommon('README.md'), 'utf8'), (path) => existsSync(join(to, path))))
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(publishedPackage(join(from, 'package.json')), null, 2)}\n`)
  execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], { cwd: to, stdio: ['ignore', 'ignore', 'inherit'] })
}

interface Package {
  exports: Record<string, string>
  bin?: Record<string, string>
  devDependencies?: unknown
  publishConfig?: { exports: Record<string, unknown> }
  files?: string[]
}

function publishedPackage(file: string): object {
  const { exports, bin, publishConfig, devDependencies: _, ...rest }: Package = JSON.parse(readFileSync(file, 'utf8'))
  return {
    ...rest,
    files: ['src', 'dist'],
    // What is built says itself where it is.
    exports: publishConfig?.exports ?? Object.fromEntries(Object.entries(exports).map(([path, source]) => [path, publishedExport(source)])),
    ...(bin ? { bin: Object.fromEntries(Object.entries(bin).map(([command, source]) => [command, toJs(source)])) } : {}),
  }
}

function publishedExport(source: string): string | { types: string; default: string } {
  return source.endsWith('.ts') ? { types: source.replace(/\.ts$/, '.d.ts'), default: toJs(source) } : source
}

function toJs(source: string): string {
  return source.replace(/\.ts$/, '.js')
}
