/**
 * Asks a URL of the site for the session token: `{ "token": "…" }` or the bare token. 204, 401 and 403 mean that nobody is signed in.
 *
 * @throws when the answer is another error, or none: then it is asked again later.
 */
export async function fetchSession(url: string, refresh: boolean): Promise<string | undefined> {
  const response = await fetch(url, { credentials: 'include', cache: refresh ? 'reload' : 'default' })
  const text = await response.text()
  if (/204|401|403/.test(`${response.status}`)) return undefined
  if (!response.ok) throw response.status
  return text[0] === '{' ? JSON.parse(text).token : text
}
