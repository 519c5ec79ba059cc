import { join } from 'node:path'

/** The app's packages lie two folders up. */
const root = join(import.meta.dirname, '../..')

export default { turbopack: { root }, outputFileTracingRoot: root }
