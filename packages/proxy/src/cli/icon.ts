import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { checkIcon } from './check-icon.ts'
import { print } from './output.ts'

export function addIcon(program: Command): void {
  const icon = program.command('icon').description('the icon that HubSpot shows beside an app\'s events')
  icon
    .command('check')
    .argument('<file>', 'image to check')
    .description('say whether HubSpot can show an image as an icon: PNG, square, transparent, readable at 30×30, at most 5 MB')
    .option('--json', 'print { "problems": [{ "is", "remedy" }] }')
    .addHelpText('after', '\nExample:\n  trackline icon check icon.png')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const problems = checkIcon(await read(file))
      const lines = problems.map(({ is, remedy }) => `${file}: ${is}: ${remedy}`)
      print({ problems }, { json }, lines.length ? lines.join('\n') : `${file} can be an icon`)
      if (problems.length) process.exitCode = 1
    })
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new TypeError(`<file>: ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
