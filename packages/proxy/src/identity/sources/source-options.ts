/** @throws TypeError that names the source and what is wrong with its options; never their values, which may be secret */
export function requireOption(source: string, isGood: boolean, says: string): void {
  if (!isGood) throw new TypeError(`${source}: ${says}`)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0
}

export function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
}
