import { Option } from 'commander'

/** `--log-level`, or the variable that stands for it. */
export function logLevelOption(description: string, byDefault: string): Option {
  return new Option('--log-level <level>', description).choices(['debug', 'info', 'warn', 'error', 'silent']).default(byDefault).env('TRACKLINE_LOG_LEVEL')
}
