import { minify } from 'terser'
import ts from 'typescript'
import { NAMES, ORDER } from './packages/snippet/names.mjs'
import { inOrder } from './scripts/read-variables.mjs'

const SOURCE = 'packages/snippet/src'
const DIST = 'packages/snippet/dist'

const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }

/** Our TypeScript is erasable: taking the types out is all there is to compile. */
const stripTypes = {
  name: 'strip-types',
  transform(code, id) {
    if (!id.endsWith('.ts')) return null
    const { outputText } = ts.transpileModule(code, { compilerOptions })
    // What was checked needs no longer word for it: a constant is a variable, and whatever is compared has one type.
    return { code: outputText.replace(/\bconst\b/g, 'let').replace(/([!=])==/g, '$1='), map: null }
  },
}

const inBlock = {
  name: 'in-block',
  renderChunk: (code) => ({ code: `{${code.trim().replace(/;$/, '')}}`, map: null }),
  // The end of a line, which Rollup adds, costs seven bytes once it is compressed.
  generateBundle(_options, files) {
    for (const file of Object.values(files)) file.code = file.code.trimEnd()
  },
}

/** The best order of letters where no better names have been searched for. */
const LETTERS = 'sdbceqtmarygznlLojvipkOwxfABHSDIXFuGZKJPCRNhTVEYMQWU$_'
const nthName = (n) => (n < LETTERS.length ? LETTERS[n] : LETTERS[n % LETTERS.length] + (Math.floor(n / LETTERS.length) - 1))

/** Shortens names, and exactly those properties that begin with `_`: nothing outside the bundle may know them. */
export const shorten = (startNames) => ({
  name: 'shorten',
  renderChunk: (code) => minify(code, {
    ecma: 2022,
    module: true,
    toplevel: true,
    compress: { passes: 5, unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true },
    mangle: { properties: { regex: /^_/ }, nth_identifier: { get: startNames() } },
    format: { comments: false },
  }),
})

const byFrequency = shorten(() => nthName)

/** Each variable has the name that a search found for it; a program changed since then takes what fits, and is some bytes larger. */
const bySearch = shorten(() => {
  let asked = 0
  return (n) => NAMES[asked++] ?? nthName(n)
})

const ordered = { name: 'ordered', renderChunk: (code) => inOrder(code, ORDER) }

/** A server component may import it: the directive says that it belongs to the browser. The minifier would take it away. */
const onlyInBrowser = { name: 'only-in-browser', renderChunk: (code) => ({ code: `"use client";${code}`, map: null }) }

/** The package's further doors, by their folder below `src`. Each is one file, which imports the others instead of containing them. */
const DOORS = {
  bindings: { both: ['react', 'vue', 'solid'], esmOnly: ['svelte', 'angular', 'next', 'next-route', 'nuxt', 'nuxt-route', 'astro', 'astro-client'] },
  modules: { both: ['page-views', 'context', 'before', 'bots', 'session-id'], esmOnly: [] },
}
const IN_BROWSER = ['react', 'next']
const CORE = ['create-tracker', 'track-elements']

/** The door that an import within the package leads to; nothing where it is no door's. */
function doorOf(path) {
  const [, name = ''] = /([\w-]+)\.ts$/.exec(path) ?? []
  const doors = Object.values(DOORS).flatMap(({ both, esmOnly }) => [...both, ...esmOnly])
  return CORE.includes(name) ? 'index' : doors.find((door) => door === name)
}

function buildDoor(folder, name, formats) {
  const plugins = IN_BROWSER.includes(name) ? [onlyInBrowser] : []
  return {
    input: `${SOURCE}/${folder}/${name}.ts`,
    external: (id, importer) => importer !== undefined && (!id.startsWith('.') && !id.startsWith('/') || doorOf(id) !== undefined),
    plugins: [stripTypes, byFrequency],
    output: formats.map(([format, extension]) => ({
      file: `${DIST}/${name}.${extension}`,
      format,
      paths: (id) => (doorOf(id) ? `./${doorOf(id)}.${extension}` : id),
      plugins,
    })),
  }
}

const ESM = ['es', 'js']
const COMMON_JS = ['cjs', 'cjs']

export default [
  {
    input: `${SOURCE}/script-tag.ts`,
    plugins: [stripTypes, bySearch, ordered],
    // In a block instead of a function its names stay out of the page all the same.
    output: { file: `${DIST}/s.js`, format: 'es', plugins: [inBlock] },
  },
  {
    input: `${SOURCE}/index.ts`,
    plugins: [stripTypes, byFrequency],
    output: [
      { file: `${DIST}/index.js`, format: 'es' },
      { file: `${DIST}/index.cjs`, format: 'cjs' },
    ],
  },
  {
    input: `${SOURCE}/script-tag-with-modules.ts`,
    plugins: [stripTypes, byFrequency],
    output: { file: `${DIST}/s-modules.js`, format: 'es', plugins: [inBlock] },
  },
  ...Object.entries(DOORS).flatMap(([folder, { both, esmOnly }]) => [
    ...both.map((name) => buildDoor(folder, name, [ESM, COMMON_JS])),
    ...esmOnly.map((name) => buildDoor(folder, name, [ESM])),
  ]),
]
