import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { makeProject } from './run-cli.ts'

const README = fileURLToPath(import.meta.resolve('../../../../README.md'))

/** The folder of somebody who has copied the README's files as they stand, and filled in the secret of their sessions alone. */
export function makeReadmeProject(): { path: string; remove: () => void } {
  const markdown = readFileSync(README, 'utf8')
  const [events = '', config = ''] = blocksOf(markdown, 'ts')
  const [env = ''] = blocksOf(markdown, 'ini')
  const project = makeProject(config)
  writeFileSync(join(project.path, 'events.ts'), events)
  writeFileSync(join(project.path, '.env'), env.replace(/^SESSION_SECRET=/m, 'SESSION_SECRET=a-secret-of-at-least-thirty-two-bytes'))
  return project
}

function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code)
}
