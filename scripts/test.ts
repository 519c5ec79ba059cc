import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

/** What came of one test. */
interface Result {
  file: string
  name: string
  /** Why it failed; undefined: it passed. */
  failure?: string | undefined
}

/**
 * Types, lint, then all tests; ends with what failed, each with its reason, and one plain line. Anything that fails makes the whole fail.
 *
 * A file of tests that fails is run once more with the machine to itself, and that run counts: real browsers, databases and disks are
 * kept waiting by what runs beside them. What failed only at first is told all the same.
 */
const folder = mkdtempSync(join(tmpdir(), 'trackline-test-'))
/** Of files that were run once more. */
const failedAtFirst: Result[] = []
const results = [check('types', ['tsc', '--noEmit']), check('lint', ['eslint', '.', '--max-warnings=0']), ...runTests('unit'), ...runTests('e2e')]
rmSync(folder, { recursive: true })

const failed = results.filter(hasFailed)
failedAtFirst.forEach((result) => tell('FAILED AT FIRST', result))
failed.forEach((result) => tell('FAILED', result))
process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`)
process.exitCode = failed.length === 0 ? 0 : 1

/** Counts as one test. */
function check(name: string, [command = '', ...args]: string[]): Result {
  process.stdout.write(`\n— ${name}\n`)
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  return { file: '', name, failure: status === 0 ? undefined : `${command} ended with ${status}` }
}

function runTests(project: string): Result[] {
  process.stdout.write(`\n— ${project}\n`)
  const atFirst = runVitest(project, [])
  const files = new Set(atFirst.filter(hasFailed).map(({ file }) => file))
  files.delete('')
  if (files.size === 0) return atFirst
  process.stdout.write(`\n— ${project}: what failed, alone\n`)
  failedAtFirst.push(...atFirst.filter(({ file }) => files.has(file)).filter(hasFailed))
  return [...atFirst.filter(({ file }) => !files.has(file)), ...runVitest(project, ['--no-file-parallelism', ...files])]
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] | null }[]
  }[]
}

function runVitest(project: string, args: readonly string[]): Result[] {
  const output = join(folder, `${project}-${args.length}.json`)
  const { status } = spawnSync('vitest', ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, ...args], {
    stdio: 'inherit',
  })
  const all = resultsIn(JSON.parse(readFileSync(output, 'utf8')))
  // What is thrown outside of every test, say an unhandled rejection, is in no file's results.
  if (status === 0 || all.some(hasFailed)) return all
  return [...all, { file: '', name: project, failure: `vitest ended with ${status}` }]
}

function resultsIn({ testResults }: Report): Result[] {
  return testResults.flatMap(({ name: path, status: ofFile, message, assertionResults }) => {
    const file = relative('.', path)
    const ran = assertionResults.filter(({ status }) => status === 'passed' || status === 'failed')
    const tests = ran.map(({ fullName: name, status, failureMessages }): Result => ({ file, name, failure: status === 'failed' ? (failureMessages ?? []).join('\n') : undefined }))
    // A file that cannot even be loaded has no test that fails.
    return ofFile === 'failed' && !tests.some(hasFailed) ? [...tests, { file, name: 'the file', failure: message }] : tests
  })
}

function hasFailed({ failure }: Result): boolean {
  return failure !== undefined
}

function tell(what: string, { file, name, failure }: Result): void {
  process.stdout.write(`\n${what} ${file} › ${name}\n${failure}\n`)
}
