import tseslint from 'typescript-eslint'

/**
 * Which room may import from which; see ARCHITECTURE.md. A room that is not listed for another is closed to it.
 *
 * In the proxy: doors → http, cli → flows → parts → base. Never back; a flow imports no other flow, a part no other part.
 */
const BASE = ['config', 'config-problems', 'config-schema', 'errors', 'is-loopback', 'outcome', 'server-key-entry', 'signal', 'turns', 'target-settings-schema', 'when-known']
const PARTS = ['identity', 'store', 'vault', 'hubspot', 'preview']
const PROXY = 'packages/proxy/src'

const FRAMEWORKS = ['react', 'vue', 'svelte', 'solid-js', '@angular/core']

/** Forbids imports by pattern, with the reason a reader needs. */
function closed(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } }
}

/** In the proxy, a room's folder and everything in it. */
function room(name) {
  return [`**/${name}/**`, `**/../${name}/**`]
}

/** Doors and wiring import everything: whoever imports them has all rooms at once. */
const DOORS = { regex: '^(\\.\\./)+(parts|background|app-parts|server|world|cli)(\\.ts)?$', message: 'doors and wiring are for nobody to import but each other' }

const FLOW_PATTERNS = [DOORS, { group: ['cli', 'http', 'store'].flatMap(room), message: 'flows are given what they need' }]

const closedRooms = [
  closed(['packages/shared/src/**'], [{ regex: '^(?!\\./)', message: 'shared imports nothing' }]),
  closed(['packages/emulator/src/**'], [{ regex: '^@trackline/', message: 'the emulator is the independent witness: it imports nothing of ours' }]),
  closed(['packages/session/src/**'], [{ regex: '^(?!jose$|\\.)', message: 'session imports jose only, so that it runs on edge runtimes' }]),
  closed(['packages/snippet/src/**'], [{ regex: '^(?!@trackline/shared$|\\.)', message: 'the snippet imports nothing but types of shared' }]),
  closed(['packages/snippet/src/bindings/**'], [{ regex: `^(?!(${FRAMEWORKS.join('|')}|@trackline/(shared|session)|node:http)$|\\.)`, message: 'a binding imports its framework and the core' }]),
  closed(['e2e/**', 'examples/**', 'bench/**', 'scripts/**'], [{ regex: '/src/', message: 'import the package by its published name' }]),
  closed([`${PROXY}/http/**`], [DOORS, { group: [...room('cli'), ...room('store'), ...room('vault'), ...room('hubspot')], message: 'http calls flows and is given parts' }]),
  closed([`${PROXY}/flows/*.ts`], [{ regex: '^\\./', message: 'a flow imports no other flow' }, ...FLOW_PATTERNS]),
  closed([`${PROXY}/flows/*/**`], [{ regex: '^\\.\\./[a-z]', message: 'a flow imports no other flow' }, ...FLOW_PATTERNS]),
  ...PARTS.map((part) => {
    const others = [...PARTS.filter((other) => other !== part), 'flows', 'http', 'cli'].flatMap(room)
    return closed([`${PROXY}/${part}/**`], [DOORS, { group: others, message: 'a part imports no other part: what it needs of one it is given in parts.ts' }])
  }),
  closed([`${PROXY}/outbox/**`], [DOORS, { group: [...PARTS, 'flows', 'http', 'cli'].flatMap(room), message: 'the outbox is the vocabulary of the parts: it imports none' }]),
  closed(BASE.map((file) => `${PROXY}/${file}.ts`), [{ group: ['store', 'vault', 'hubspot', 'flows', 'http', 'cli'].flatMap(room), message: 'the base imports no room' }]),
]

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/data/**', 'e2e/frameworks/**', 'bench/published/**'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-unused-expressions': ['error', { allowTernary: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  { files: [`${PROXY}/**`], rules: { 'no-console': 'error' } },
  ...closedRooms,
)
