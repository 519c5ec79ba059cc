import terser from '@rollup/plugin-terser'
import ts from 'typescript'

const SOURCE = 'packages/snippet/src'
const DIST = 'packages/snippet/dist'

const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }

/** Our TypeScript is erasable: taking the types out is all there is to compile. */
const stripTypes = {
  name: 'strip-types',
  transform(code, id) {
    if (!id.endsWith('.ts')) return null
    const { outputText } = ts.transpileModule(code, { compilerOptions })
    // What was checked as a constant needs no longer word for it than a variable.
    return { code: outputText.replace(/\bconst\b/g, 'let'), map: null }
  },
}

/** Shortens exactly the properties that begin with `_`: nothing outside the bundle may know those. */
const minify = terser({
  ecma: 2020,
  module: true,
  toplevel: true,
  compress: { passes: 3, unsafe: true, unsafe_arrows: true, pure_getters: true },
  mangle: { properties: { regex: /^_/ } },
  format: { comments: false },
})

export default [
  {
    input: `${SOURCE}/script-tag.ts`,
    plugins: [stripTypes, minify],
    output: { file: `${DIST}/s.js`, format: 'iife' },
  },
  {
    input: `${SOURCE}/index.ts`,
    plugins: [stripTypes, minify],
    output: [
      { file: `${DIST}/index.js`, format: 'es' },
      { file: `${DIST}/index.cjs`, format: 'cjs' },
    ],
  },
]
