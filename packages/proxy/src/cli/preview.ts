import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { didYouMean } from '@trackline/shared'
import type { EventDefinitions, Json } from '@trackline/shared'
import type { Command } from 'commander'
import { withoutLinks, withoutLinksIn } from '../hubspot/without-links.ts'
import { markupAsHtml } from '../preview/markup-as-html.ts'
import { previewAsText } from '../preview/preview-as-text.ts'
import { previewEvent } from '../preview/preview-event.ts'
import type { Preview } from '../preview/preview-event.ts'
import { previewPage } from '../preview/preview-page.ts'
import { readJson, readMoment, readProp } from './event-options.ts'
import { DEFAULT_CONFIG_FILE } from './load-config.ts'
import { loadEvents } from './load-events.ts'
import { openInBrowser } from './open-in-browser.ts'
import { print } from './output.ts'

interface Options {
  config: string
  events?: string
  prop?: Record<string, string>
  extraData?: Json
  timestamp?: number
  html?: string
  open?: boolean
  json?: boolean
}

export function addPreview(program: Command): void {
  program
    .command('preview')
    .argument('[event]', 'event to show; all of them without it')
    .description('show an event as HubSpot will show it, before anything is sent')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--events <file>', 'a file that exports the events, instead of a configuration')
    .option('--prop <name=value>', 'a property\'s value; may be repeated; "name=" leaves it empty', readProp)
    .option('--extra-data <json>', 'extraData of the event', readJson)
    .option('--timestamp <moment>', 'when it happens: ISO 8601, or milliseconds since 1970 (default: now)', readMoment)
    .option('--html <file>', 'write it as a page')
    .option('--open', 'open it as a page in the browser')
    .option('--json', 'print { "previews": [{ "event", "header", "detail", "values" }] }, header and detail as HTML')
    .addHelpText('after', '\nExample:\n  trackline preview login --prop method=sso')
    .action(preview)
}

async function preview(event: string | undefined, options: Options): Promise<void> {
  const events = await loadEvents(options)
  const timestamp = options.timestamp ?? Date.now()
  const extraData = options.extraData === undefined ? undefined : withoutLinksIn(options.extraData)
  const names = event === undefined ? Object.keys(events) : [known(events, event)]
  if (event === undefined && options.prop) throw new TypeError('--prop: name the event that it belongs to')
  const previews = names.map((name) => previewEvent(events, name, { given: options.prop ?? {}, extraData, timestamp, asSent: withoutLinks }))
  const page = options.html ?? (options.open ? join(await mkdtemp(join(tmpdir(), 'trackline-')), 'preview.html') : undefined)
  if (page !== undefined) await writeFile(page, previewPage(previews))
  const shown = page === undefined ? previews.map(previewAsText).join('\n\n') : `The page is at ${resolve(page)}`
  print({ previews: previews.map(asJson), ...(page === undefined ? {} : { page: resolve(page) }) }, options, shown)
  if (options.open && page !== undefined) openInBrowser(resolve(page))
}

function known(events: EventDefinitions, event: string): string {
  if (Object.hasOwn(events, event)) return event
  throw new TypeError(`<event>: no event '${event}' is defined${didYouMean(event, Object.keys(events)) || `: there are ${Object.keys(events).join(', ')}`}`)
}

function asJson({ event, header, detail, values }: Preview): object {
  return { event, header: markupAsHtml(header), detail: markupAsHtml(detail), values }
}
