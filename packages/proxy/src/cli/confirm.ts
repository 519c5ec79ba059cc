import { createInterface } from 'node:readline/promises'

/** Asks at the terminal, beside what is printed for a program. @throws TypeError when there is nobody to ask */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new TypeError('--yes must be given where there is nobody to ask')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${question} [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
