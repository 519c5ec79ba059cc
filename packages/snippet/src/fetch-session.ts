/**
 * Asks a URL of the site who is signed in. The answer is the token, or JSON that carries it as `token`; a 4xx up to 403, or an
 * answer without a token, means that nobody is. (So does a page, which the tracker knows by its tags.)
 *
 * @throws when the answer is another error, or none: then it is asked again later
 */
export async function fetchSession(url: string): Promise<string | undefined> {
  const response = await fetch(url)
  if (response.status > 403) throw 0
  let text = await response.text()
  try {
    text = JSON.parse(text)?.token
  } catch {
    // The bare token, or nothing.
  }
  return text
}
