import { describeShape } from '../options/describe-value.ts'

/** The headers of a Fetch `Request`, a Node `IncomingMessage` or a plain object; names in any case. */
export interface HeadersInput {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** Node's list of names and values as they came: only here can two Authorization headers still be seen. */
  readonly rawHeaders?: readonly string[]
}

/**
 * All values that were sent under one header name.
 * @param name in lower case
 * @throws TypeError when the input has no headers.
 */
export function headerValues(input: HeadersInput, name: string): string[] {
  const { headers, rawHeaders } = input
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError(`verifySession: expected a token or a request with headers, got ${describeShape(input)}`)
  }
  const raw = rawValues(rawHeaders ?? [], name)
  if (raw.length > 0) return raw
  if (isFetchHeaders(headers)) return [headers.get(name) ?? []].flat()
  return Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? [])
}

/** All values of one name together, so that a header that was sent twice matches nothing; undefined when there is none. */
export function headerText(input: HeadersInput, name: string): string | undefined {
  const values = headerValues(input, name)
  return values.length === 0 ? undefined : values.join(', ')
}

/** Asked of every request: the length, which costs nothing, rules most names out. */
function rawValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [key, value] = [rawHeaders[index], rawHeaders[index + 1]]
    if (key?.length === name.length && key.toLowerCase() === name && value !== undefined) values.push(value)
  }
  return values
}

// By shape, not instanceof: a framework may bring its own Headers class.
function isFetchHeaders(headers: object): headers is Headers {
  return 'get' in headers && typeof headers.get === 'function'
}
