import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Snippets } from './http/snippet-route.ts'

/** The built script for the script tag. @throws Error when it has not been built */
export async function readSnippet(name: keyof Snippets = 's'): Promise<string> {
  const path = fileURLToPath(import.meta.resolve(`@trackline/snippet/${name}.js`))
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error('the snippet has not been built: run "npm run build"', { cause })
  })
}
