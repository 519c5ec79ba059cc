import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { buildSnippet } from './stage/build-snippet.ts'

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url))
const IMPORT = /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
const TYPES_FROM = '@trackline/shared'

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

  it('imports nothing from outside but types of the shared contract', () => {
    expect(imports.length).toBeGreaterThan(5)
    const strangers = imports.filter(({ from, isType }) => !from.startsWith('./') && !(isType && from === TYPES_FROM))
    expect(strangers).toEqual([])
  })

  it('leaves no import in what is built', async () => {
    for (const code of Object.values(await buildSnippet())) expect(code).not.toMatch(/\bimport\b|\brequire\(/)
  })
})
