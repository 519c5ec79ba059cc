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

/** The built ES module behind one of the package's further doors, such as `react`. */
export async function buildDoor(name: string): Promise<string> {
  const door = (await loadConfig()).find(({ input }) => String(input).endsWith(`/${name}.ts`))
  if (!door) throw new Error(`rollup.config.mjs builds no '${name}'`)
  return build(door, 'es')
}

/** Bundles a program that imports the built package as `snippet` and `door/…`, minified as the package is; frameworks stay outside. */
export async function bundleWithSnippet(program: string): Promise<string> {
  const [, library] = await loadConfig()
  const modules = {
    name: 'modules',
    resolveId: (id: string) => (id === './index.js' ? 'snippet' : id.replace(/^\.\/(.*)\.js$/, 'door/$1')),
    load: (id: string) => (id === 'program' ? program : id === 'snippet' ? build(library, 'es') : buildDoor(id.replace('door/', ''))),
  }
  return build({ input: 'program', external: ['react'], onLog: () => {}, plugins: [modules, library.plugins as InputPluginOption] }, 'es')
}

async function loadConfig(): Promise<[RollupOptions, RollupOptions, ...RollupOptions[]]> {
  const { options } = await loadConfigFile(`${ROOT}rollup.config.mjs`, {})
  const [script, library, ...doors] = options
  if (!script || !library) throw new Error('rollup.config.mjs must build the script tag, then the library')
  return [fromRoot(script), fromRoot(library), ...doors.map(fromRoot)]
}

function fromRoot({ input, plugins, output, external }: RollupOptions): RollupOptions {
  return { input: `${ROOT}${String(input)}`, plugins, output, ...(external && { external }) }
}

async function build(options: RollupOptions, format: 'es' | 'cjs'): Promise<string> {
  const bundle = await rollup(options)
  const { output } = await bundle.generate({ ...(Array.isArray(options.output) ? options.output[0] : options.output), format })
  await bundle.close()
  return output[0].code.trim()
}
