import type { Report } from './examine.ts'
import type { Level } from './finding.ts'
import type { Found } from './run-check.ts'

const SIGNS: Readonly<Record<Level, string>> = { fine: 'ok   ', note: 'note ', wrong: 'WRONG' }

/** The report as lines: what was looked at, in order; then the tag; then the one line that counts. */
export function reportForPeople({ findings, snippet }: Report): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length
  const tag = snippet ? ['', 'The tag for your pages, with the version of the snippet pinned:', '', ...indented(snippet.tag), '', `or src="${snippet.url}" without "integrity", for the newest always. A Content-Security-Policy has to allow:`, '', ...indented(snippet.csp), ''] : ['']
  const end = count('wrong') === 0 ? 'Nothing is wrong' : `${count('wrong')} wrong`
  return ['', ...findings.flatMap(linesOf), ...tag, `${end}${count('note') ? `, ${count('note')} to know` : ''}.`].join('\n').trimStart()
}

function linesOf({ about, level, says, remedy }: Found): string[] {
  return [`${SIGNS[level]} ${about}: ${says.replaceAll('\n', '\n        ')}`, ...(remedy === undefined ? [] : [`        do: ${remedy}`])]
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`)
}
