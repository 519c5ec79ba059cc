import { fileURLToPath } from 'node:url'
import { rollup } from 'rollup'
import type { Plugin, RollupOptions } from 'rollup'
import config from '../../../../rollup.config.mjs'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

export interface Built {
  /** `s.js`, as the proxy serves it. */
  scriptTag: string
  /** The npm package as an ES module. */
  esm: string
}

/** Builds what `npm run build` writes, into memory: several test files may run at once. */
export async function buildSnippet(): Promise<Built> {
  const [script, library] = config as [RollupOptions, RollupOptions]
  return { scriptTag: await build(script, 'iife'), esm: await build(library, 'es') }
}

async function build({ input, plugins }: RollupOptions, format: 'iife' | 'es'): Promise<string> {
  const bundle = await rollup({ input: `${ROOT}${String(input)}`, plugins: plugins as Plugin[] })
  const { output } = await bundle.generate({ format })
  await bundle.close()
  return output[0].code
}
