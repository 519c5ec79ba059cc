import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

/** Types, lint, then all tests; ends with what failed, each with its reason, and one plain line. Anything that fails makes the whole fail. */
const folder = mkdtempSync(join(tmpdir(), 'trackline-test-'))
const failures: string[] = []
let passed = 0

check('types', ['tsc', '--noEmit'])
check('lint', ['eslint', '.', '--max-warnings=0'])
for (const project of ['unit', 'e2e']) runTests(project)
rmSync(folder, { recursive: true })

for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`)
process.stdout.write(`${passed} passed, ${failures.length} failed\n`)
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1

/** Counts as one test. */
function check(name: string, [command = '', ...args]: string[]): void {
  process.stdout.write(`\n— ${name}\n`)
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status === 0) passed += 1
  else failures.push(name)
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] | null }[]
  }[]
}

function runTests(project: string): void {
  process.stdout.write(`\n— ${project}\n`)
  const file = join(folder, `${project}.json`)
  const { status } = spawnSync('vitest', ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
    stdio: 'inherit',
  })
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.numPassedTests
  const found = failuresOf(report)
  failures.push(...found)
  // What is thrown outside of every test, say an unhandled rejection, is in no file's results.
  if (status !== 0 && found.length === 0) failures.push(`${project}: vitest ended with ${status}`)
}

function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative('.', name)
    const failed = assertionResults.filter((result) => result.status === 'failed')
    // A file that cannot even be loaded has no test that fails.
    if (failed.length === 0) return status === 'failed' ? [`${file}\n${message}`] : []
    return failed.map(({ fullName, failureMessages }) => `${file} › ${fullName}\n${(failureMessages ?? []).join('\n')}`)
  })
}
