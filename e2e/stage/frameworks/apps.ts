import { join } from 'node:path'
import { runTool } from './build-app.ts'
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
  /** What a server makes of the page. */
  render: (place: Place) => Promise<string>
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

export const APPS: FrameworkApp[] = [
  viteApp('react', 'server.tsx'),
  viteApp('vue', 'server.ts'),
  viteApp('svelte', 'server.ts'),
  viteApp('solid', 'server.tsx'),
]
