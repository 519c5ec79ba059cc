import { fileURLToPath } from 'node:url'
import { rollup } from 'rollup'
import type { InputPluginOption, RollupOptions } from 'rollup'
import { loadConfigFile } from 'rollup/loadConfigFile'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

export interface Built {
  /** `s.js`, as the proxy serves it. */
  scriptTag: string
  /** The npm package as an ES module. */
  esm: string
  /** The npm package for `require`. */
  commonJs: string
}

/** Builds what `npm run build` writes, into memory: several test files may run at once. */
export async function buildSnippet(): Promise<Built> {
  const [script, library] = await loadConfig()
  return { scriptTag: await build(script, 'es'), esm: await build(library, 'es'), commonJs: await build(library, 'cjs') }
}

/** Bundles a program that imports the built package as `snippet`, minified as the package is. */
export async function bundleWithSnippet(program: string): Promise<string> {
  const [, library] = await loadConfig()
  const esm = await build(library, 'es')
  const modules = { name: 'modules', resolveId: (id: string) => id, load: (id: string) => (id === 'snippet' ? esm : program) }
  return build({ input: 'program', plugins: [modules, library.plugins as InputPluginOption] }, 'es')
}

async function loadConfig(): Promise<[RollupOptions, RollupOptions]> {
  const { options } = await loadConfigFile(`${ROOT}rollup.config.mjs`, {})
  const [script, library] = options
  if (!script || !library) throw new Error('rollup.config.mjs must build the script tag, then the library')
  return [fromRoot(script), fromRoot(library)]
}

function fromRoot({ input, plugins, output }: RollupOptions): RollupOptions {
  return { input: `${ROOT}${String(input)}`, plugins, output }
}

async function build(options: RollupOptions, format: 'es' | 'cjs'): Promise<string> {
  const bundle = await rollup(options)
  const { output } = await bundle.generate({ ...(Array.isArray(options.output) ? options.output[0] : options.output), format })
  await bundle.close()
  return output[0].code.trim()
}
