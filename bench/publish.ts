import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { writeSection } from './section.ts'

/**
 * `npm run bench:publish`: writes what each benchmark has measured last (bench/results) into the README, between the marks that bear its
 * name, and its picture into docs/pictures. What a benchmark that has not run here once wrote stays.
 */
const README = new URL('../README.md', import.meta.url)
const PICTURES = new URL('../docs/pictures/', import.meta.url)
const RESULTS = new URL('./results/', import.meta.url)
const BENCHMARKS = ['snippet', 'ingest', 'delivery', 'growth', 'nodes']

let readme = readFileSync(README, 'utf8')
for (const name of BENCHMARKS.filter((name) => existsSync(new URL(`${name}.json`, RESULTS)))) {
  const section = writeSection(name, JSON.parse(readFileSync(new URL(`${name}.json`, RESULTS), 'utf8')))
  readme = replaceMarked(name, section)
  copyFileSync(new URL(`${name}.svg`, RESULTS), new URL(`bench-${name}.svg`, PICTURES))
}
writeFileSync(README, readme)

function replaceMarked(name: string, section: string): string {
  const [from, to] = [`<!-- bench:${name} -->\n`, `<!-- end of bench:${name} -->`]
  const [begin, end] = [readme.indexOf(from), readme.indexOf(to)]
  if (begin < 0 || end < begin) throw new Error(`README.md has lost its marks "${from.trim()}" and "${to}"`)
  return readme.slice(0, begin + from.length) + section + readme.slice(end)
}
