import type { PresetOptions } from './preset-options.ts'

/** The options, with these defaults where an option is left out; an `undefined` that is written out is left out too. */
export function withDefaults<Options extends PresetOptions>(options: Options, defaults: PresetOptions): Options & PresetOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  // Only members that are undefined were dropped, and every such member is optional.
  return { ...defaults, ...Object.fromEntries(given) } as Options & PresetOptions
}
