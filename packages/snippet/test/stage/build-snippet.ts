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
  const { options } = await loadConfigFile(`${ROOT}rollup.config.mjs`, {})
  const [script, library] = options
  if (!script || !library) throw new Error('rollup.config.mjs must build the script tag, then the library')
  return { scriptTag: await build(script, 'iife'), esm: await build(library, 'es'), commonJs: await build(library, 'cjs') }
}

async function build({ input, plugins }: RollupOptions, format: 'iife' | 'es' | 'cjs'): Promise<string> {
  const bundle = await rollup({ input: `${ROOT}${String(input)}`, plugins: plugins as InputPluginOption })
  const { output } = await bundle.generate({ format })
  await bundle.close()
  return output[0].code
}
