import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Types, lint, then all tests; ends with one plain line. Anything that fails makes the whole fail. */
const folder = mkdtempSync(join(tmpdir(), 'trackline-test-'))
const counts = { passed: 0, failed: 0 }

check('types', ['tsc', '--noEmit'])
check('lint', ['eslint', '.', '--max-warnings=0'])
for (const project of ['unit', 'e2e']) runTests(project)
rmSync(folder, { recursive: true })

process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1

/** Counts as one test. */
function check(name: string, [command = '', ...args]: string[]): void {
  process.stdout.write(`\n— ${name}\n`)
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  counts[status === 0 ? 'passed' : 'failed'] += 1
}

function runTests(project: string): void {
  process.stdout.write(`\n— ${project}\n`)
  const file = join(folder, `${project}.json`)
  const { status } = spawnSync('vitest', ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
    stdio: 'inherit',
  })
  const report: { numPassedTests: number; numFailedTests: number } = JSON.parse(readFileSync(file, 'utf8'))
  counts.passed += report.numPassedTests
  counts.failed += report.numFailedTests
  // A suite that cannot even be loaded has no test that fails.
  if (status !== 0 && report.numFailedTests === 0) counts.failed += 1
}
