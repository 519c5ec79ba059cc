import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { buildSnippet } from './stage/build-snippet.ts'

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url))
const IMPORT = /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
const TYPES_FROM = '@trackline/shared'
/** What each binding needs of others while it runs. */
const FRAMEWORK_OF = {
  react: 'react', vue: 'vue', svelte: 'svelte', solid: 'solid-js', angular: '',
  next: 'react', 'next-route': '@trackline/session', nuxt: '', 'nuxt-route': '@trackline/session', astro: '', 'astro-client': '',
}

interface Import {
  file: string
  from: string
  isType: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  return [...text.matchAll(IMPORT)].map(([, type, from, dynamic]) => ({ file, from: from ?? dynamic ?? '', isType: !!type }))
}

describe('the snippet', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const imports = files.flatMap(importsOf)

  it('imports nothing from outside but types of the shared contract, and never a binding', () => {
    const core = imports.filter(({ file }) => !file.startsWith('bindings/'))
    expect(core.length).toBeGreaterThan(5)
    const strangers = core.filter(({ from, isType }) => !/^\.(?!.*bindings)/.test(from) && !(isType && from === TYPES_FROM))
    expect(strangers).toEqual([])
  })

  it.each(Object.entries(FRAMEWORK_OF))('binds to %s with nothing from outside but %s', (binding, framework) => {
    const found = imports.filter(({ file, from, isType }) => file === `bindings/${binding}.ts` && !from.startsWith('.') && !isType)
    expect(found.map(({ from }) => from)).toEqual(framework === '' ? [] : [framework])
  })

  it('has no binding that is not looked at here', () => {
    const bindings = files.filter((file) => file.startsWith('bindings/') && !file.endsWith('given-tracker.ts'))
    expect(bindings.sort()).toEqual(Object.keys(FRAMEWORK_OF).map((binding) => `bindings/${binding}.ts`).sort())
  })

  it('leaves no import in what is built', async () => {
    for (const code of Object.values(await buildSnippet())) expect(code).not.toMatch(/\bimport\b|\brequire\(/)
  })
})
