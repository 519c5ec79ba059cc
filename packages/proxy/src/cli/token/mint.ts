import type { Command } from 'commander'
import { DEFAULT_CONFIG_FILE } from '../load-config.ts'
import { print } from '../output.ts'
import { siteOption } from '../site-option.ts'
import { loadForTokens } from './load-for-tokens.ts'

interface Options {
  config: string
  site: string
  sub: string
  email?: string
  ttl: string
  json?: boolean
}

export function addTokenMint(token: Command): void {
  token
    .command('mint')
    .description('print a session token, for a site whose session is a shared secret')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .requiredOption('--site <name>', 'site that the token is for')
    .requiredOption('--sub <id>', 'the person\'s id: the "sub" claim')
    .option('--email <address>', 'the person\'s email')
    .option('--ttl <duration>', 'how long it lives: 90s, 5m, 1h', '5m')
    .option('--json', 'print { "token": … }')
    .addHelpText('after', '\nExample:\n  trackline token mint --site main --sub ada --email ada@example.com --ttl 5m')
    .action(async (options: Options) => {
      const minted = await mintFor(options)
      print({ token: minted }, options, minted)
    })
}

async function mintFor({ config: file, site: name, sub, email, ttl }: Options): Promise<string> {
  const config = await loadForTokens(file)
  const site = await siteOption(config, name)
  const preset = site.session.find((each) => each.name === 'sharedSecret')
  if (!preset?.mint) throw new TypeError(`--site: the session tokens of '${name}' are not made with a shared secret, so they cannot be made here`)
  return preset.mint({ sub, ttl, ...(email === undefined ? {} : { email }) })
}
