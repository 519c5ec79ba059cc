import { existsSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const NOT_FOUND = /^Cannot find (module|package) '(.+)' imported from (.+)$/
/** Where Node begins the stack of a syntax error, if it knows the place. */
const PLACE = /^(?:file:\/\/)?\/.*:\d+$/
const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs']

/** What keeps a file from being imported, with its place and what to do. Undefined: the file was read, and threw by itself. */
export function importProblem(error: unknown, path: string): TypeError | undefined {
  if (!(error instanceof Error)) return undefined
  const [, kind, wanted = '', by = ''] = NOT_FOUND.exec(error.message) ?? []
  if (kind === 'package') return new TypeError(`${by} imports the package '${wanted}', which is not installed there: install it, or mend the import`)
  if (kind === 'module') return new TypeError(`${by} imports ${wanted}, which is not there${nearTo(wanted, by)}`)
  if (!(error instanceof SyntaxError)) return undefined
  return new TypeError(`${placeOf(error) ?? `${path}, or a file that it imports`}: ${error.message}`, { cause: error })
}

/** Node takes an import by the letter: bundlers add the extension, and turn `.js` into `.ts`. */
function nearTo(wanted: string, by: string): string {
  const found = EXTENSIONS.map((extension) => wanted.replace(/\.[cm]?js$/, '') + extension).find((candidate) => existsSync(candidate))
  if (found === undefined) return ': mend the import'
  const written = relative(dirname(by), found)
  return ` (did you mean '${written.startsWith('.') ? written : `./${written}`}'?)`
}

function placeOf({ stack = '' }: SyntaxError): string | undefined {
  const [first = ''] = stack.split('\n')
  if (!PLACE.test(first)) return undefined
  return first.startsWith('file:') ? fileURLToPath(first.replace(/:\d+$/, '')) + first.slice(first.lastIndexOf(':')) : first
}
