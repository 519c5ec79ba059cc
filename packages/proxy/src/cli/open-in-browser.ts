import { spawn } from 'node:child_process'

/** Shows a page or an address. A browser that cannot be started is no failure: where to look has been printed. */
export function openInBrowser(place: string): void {
  const [command, ...args] = { darwin: ['open'], win32: ['rundll32', 'url.dll,FileProtocolHandler'] }[process.platform as string] ?? ['xdg-open']
  spawn(command ?? 'xdg-open', [...args, place], { detached: true, stdio: 'ignore' }).on('error', () => undefined).unref()
}
