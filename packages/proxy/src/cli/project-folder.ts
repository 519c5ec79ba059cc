import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectFolder } from '../flows/push-definitions/compare-app-event-files.ts'
import { APP_EVENT_FILE } from '../hubspot/definitions/app-event-file.ts'

/** A folder of HubSpot's project files on this disk. It is made with the first file. */
export function projectFolder(path: string): ProjectFolder {
  return {
    path,
    async list() {
      const names = (await readdir(path).catch(noneWhenMissing)).filter((name) => APP_EVENT_FILE.test(name)).sort()
      return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'utf8')] as const)))
    },
    async write(name, text) {
      await mkdir(path, { recursive: true })
      await writeFile(join(path, name), text)
    },
    async remove(name) {
      await rm(join(path, name))
    },
  }
}

function noneWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
