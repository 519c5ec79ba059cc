/** Prints what a command found: for a program with `--json`, else for a person. */
export function print(found: object, options: { json?: boolean | undefined }, forPeople: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : `${forPeople}\n`)
}

/** A whole number from an option, or a usage error. */
export function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new TypeError(`--port must be a number from 0 to 65535: got '${text}'`)
}
