import type { Command } from 'commander'
import { generateServerKey } from '../identity/server-key.ts'
import { generateKey, KEY_ID } from '../vault/seal.ts'
import { print } from './output.ts'

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('keys that seal OAuth grants, and keys for your own servers')
  keys
    .command('generate')
    .description('make a key; nothing is stored')
    .option('--id <name>', 'name of the sealing key', 'k1')
    .option('--server', 'make a server key instead: the key is for your server, the digest for the site\'s "serverKeys"')
    .option('--json', 'print { "keys": … } or { "key": …, "digest": … }')
    .addHelpText('after', '\nExample:\n  export TRACKLINE_KEYS="$(trackline keys generate)"')
    .action(({ id, server, json }: { id: string; server?: boolean; json?: boolean }) => {
      if (server) {
        const generated = generateServerKey()
        print(generated, { json }, `key, for your server (it is shown once):\n  ${generated.key}\ndigest, for the site's "serverKeys":\n  ${generated.digest}`)
        return
      }
      if (!KEY_ID.test(id)) throw new TypeError(`--id must be 1–32 letters, digits, _ or -: got '${id}'`)
      const key = generateKey(id)
      print({ keys: key }, { json }, key)
    })
}
