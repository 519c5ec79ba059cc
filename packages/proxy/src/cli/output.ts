/** Prints what a command found: for a program with `--json`, else for a person. */
export function print(found: object, options: { json?: boolean | undefined }, forPeople: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : `${forPeople}\n`)
}

/** Reads a port from an option, or says that it is wrong usage. */
export function readPort(option: string): (text: string) => number {
  return (text) => {
    const port = Number(text)
    if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
    throw new TypeError(`${option} must be a number from 0 to 65535: got '${text}'`)
  }
}
