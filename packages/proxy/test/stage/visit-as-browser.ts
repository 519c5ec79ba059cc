/**
 * Goes from an address wherever it leads, as a browser does: each cookie goes back to the host that gave it. Gives the last answer.
 *
 * @param reach  where an address is really found
 */
export async function visitAsBrowser(address: string, reach: (url: string) => string = (url) => url): Promise<Response> {
  const cookies = new Map<string, string>()
  for (let url = address; ; ) {
    const { host } = new URL(url)
    const answer = await fetch(reach(url), { redirect: 'manual', headers: { cookie: cookies.get(host) ?? '' } })
    const given = answer.headers.get('set-cookie')?.split(';')[0]
    if (given !== undefined) cookies.set(host, given)
    const location = answer.headers.get('location')
    if (location === null) return answer
    url = new URL(location, url).href
  }
}
