import { readFileSync } from 'node:fs'

export interface CodeBlock {
  language: string
  code: string
  /** Of its first line of code. */
  line: number
}

/** Every fenced block of a Markdown page. */
export function readCodeBlocks(path: string): CodeBlock[] {
  const markdown = readFileSync(path, 'utf8')
  return [...markdown.matchAll(/^```(\w*)[^\n]*\n(.*?)^```/gms)].map(({ 1: language = '', 2: code = '', index }) => {
    return { language, code, line: markdown.slice(0, index).split('\n').length + 1 }
  })
}

/** The commands of a shell block: without comments and prompts, continued lines joined, what stands in `$(…)` apart. */
export function readCommands(code: string): string[] {
  const lines = code.replaceAll(/\\\n\s*/g, '').split('\n').map((line) => line.replace(/^\$ /, '').replace(/\s#.*$/, '').trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#')).flatMap((line) => {
    const inner = /^export \w+="?\$\((.*)\)"?$/.exec(line)?.[1]
    return [inner ?? line]
  })
}

/** `trackline …` as it is named in running text. */
export function readInlineCommands(path: string): string[] {
  const prose = readFileSync(path, 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...prose.matchAll(/`(trackline [^`]+)`/g)].map(([, command = '']) => command.replaceAll(/\s+/g, ' '))
}

/** Where a page's links lead inside the repository. */
export function readLinks(path: string): string[] {
  const prose = readFileSync(path, 'utf8').replaceAll(/^```.*?^```/gms, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*/, ''))
  return targets.filter((target) => target !== '' && !/^\w+:/.test(target))
}
