import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { LoadHookSync } from 'node:module'
import { pathToFileURL } from 'node:url'
import { importProblem } from './import-problem.ts'

const TYPESCRIPT = /^file:.*\.ts$/
const NOT_MODULES: readonly unknown[] = ['commonjs-typescript', null, undefined]
/** A statement that modules alone have. */
const MODULE_SYNTAX = /^(?:import|export)\b(?!\s*\()/m

let hooks: ReturnType<typeof registerHooks> | undefined

/**
 * Imports a file of the user's. TypeScript that is written as a module is read as one, whatever the package.json beside it says: that of
 * "npm init" says "commonjs". [docs/adr/0102]
 *
 * @throws TypeError that names the file and the line, where the file or one that it imports cannot be read
 */
export async function importFile(path: string): Promise<Record<string, unknown>> {
  hooks ??= registerHooks({ load: asModule })
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw importProblem(error, path) ?? error
  }
}

const asModule: LoadHookSync = (url, context, next) => {
  const isUnclear = NOT_MODULES.includes(context.format) && TYPESCRIPT.test(url)
  const isModule = isUnclear && MODULE_SYNTAX.test(readFileSync(new URL(url), 'utf8'))
  return next(url, isModule ? { ...context, format: 'module-typescript' } : context)
}
