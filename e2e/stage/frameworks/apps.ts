import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '../start-process.ts'
import { fileOf, runTool } from './build-app.ts'
import { serveApp } from './serve-app.ts'

/** Where an app is served, and what it needs of the stage. */
export interface Place {
  /** The built copy of the app. */
  folder: string
  siteUrl: string
  env: Record<string, string>
}

export interface FrameworkApp {
  name: string
  /** The tool's commands, in the app's folder. */
  build: string[][]
  /** Gives the function that ends it. */
  serve: (place: Place) => Promise<() => Promise<unknown>>
  /** What a server makes of the page; nothing where that is not tried. */
  render?: (place: Place) => Promise<string>
}

/** Built twice, for the browser and for a server, which prints its page and what became of an event there. */
function viteApp(name: string, server: string): FrameworkApp {
  return {
    name,
    build: [['vite', 'build'], ['vite', 'build', '--ssr', server, '--outDir', 'server']],
    serve: ({ folder, siteUrl, env }) => serveApp(siteUrl, join(folder, 'dist'), env),
    render: ({ folder }) => runTool(folder, ['server/server.js']),
  }
}

/** Runs a server of its own, which renders the page and answers `/session-token`. */
function serverApp(name: string, readyWhen: RegExp, argsFor: (port: string) => string[]): FrameworkApp {
  return {
    name,
    build: [[name, 'build']],
    async serve({ folder, siteUrl, env: { SESSION_SECRET = '' } }) {
      const { port, hostname: HOST } = new URL(siteUrl)
      const started = await startProcess({ args: argsFor(port), env: { SESSION_SECRET, PORT: port, HOST, NODE_ENV: 'production' }, readyWhen, cwd: folder })
      return () => started.end('SIGKILL')
    },
    render: async ({ siteUrl }) => (await fetch(siteUrl)).text(),
  }
}

export const APPS: FrameworkApp[] = [
  viteApp('react', 'server.tsx'),
  viteApp('vue', 'server.ts'),
  viteApp('svelte', 'server.ts'),
  viteApp('solid', 'server.tsx'),
  serverApp('next', /Ready in/, (port) => [fileOf('next'), 'start', '--port', port, '--hostname', '127.0.0.1']),
  serverApp('nuxt', /Listening on/, () => ['.output/server/index.mjs']),
  {
    name: 'angular',
    build: [['build.mjs']],
    serve: ({ folder, siteUrl, env }) => serveApp(siteUrl, join(folder, 'dist'), env),
  },
  {
    name: 'astro',
    build: [['astro', 'build']],
    serve: ({ folder, siteUrl, env }) => serveApp(siteUrl, join(folder, 'dist'), env),
    render: async ({ folder }) => readFileSync(join(folder, 'dist/index.html'), 'utf8'),
  },
]
