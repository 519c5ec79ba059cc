import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { VERSION } from '../src/version.ts'

it("the version that is told is the package's", () => {
  const manifest: { version: string } = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('../package.json')), 'utf8'))
  expect(VERSION).toBe(manifest.version)
})
