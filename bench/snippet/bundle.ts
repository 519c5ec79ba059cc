import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const HERE = fileURLToPath(new URL('./', import.meta.url))

export interface Bundled {
  /** Each file by its path; what a tracker only loads in some cases is in a file of its own, and does not count. */
  files: Record<string, string>
  /** Of the tracker, its set-up and one call. */
  brotliBytes: number
  minifiedBytes: number
}

/** Bundles one of `trackers` as a site would, and measures what a page loads of it at once. */
export function bundle(file: string): Bundled {
  const { buildSync } = createRequire(`${HERE}package.json`)('esbuild')
  const { outputFiles, metafile } = buildSync({
    bundle: true, splitting: true, minify: true, write: false, metafile: true,
    format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'error',
    entryPoints: [`${HERE}trackers/${file}.js`], outdir: HERE, absWorkingDir: HERE, entryNames: 'tracker', define: { 'process.env.NODE_ENV': '"production"' },
  })
  const files: Record<string, string> = {}
  for (const { path, text } of outputFiles as { path: string; text: string }[]) files[`/${path.slice(HERE.length)}`] = text.trim()
  const loaded = loadedAtOnce(metafile.outputs, 'tracker.js').map((path) => files[`/${path}`] ?? '')
  const sum = (count: (code: string) => number) => loaded.reduce((bytes, code) => bytes + count(code), 0)
  return { files, brotliBytes: sum(countBrotli), minifiedBytes: sum(Buffer.byteLength) }
}

/** Of the package that is installed beside the trackers, or is one of the project's own. */
export function versionOf(packageName: string): string {
  const folder = [`${HERE}node_modules`, `${HERE}../../node_modules`].find((folder) => existsSync(`${folder}/${packageName}/package.json`))
  return JSON.parse(readFileSync(`${folder}/${packageName}/package.json`, 'utf8')).version
}

type Outputs = Record<string, { imports: { path: string; kind: string }[] }>

/** A file, and all that it imports other than with `import()`. */
function loadedAtOnce(outputs: Outputs, path: string, found = [path]): string[] {
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind === 'import-statement' && !found.includes(next)) loadedAtOnce(outputs, next, (found.push(next), found))
  }
  return found
}

function countBrotli(code: string): number {
  return brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
}
