/** The cookie option of a provider whose cookie has a usual name, for which `true` stands. */
export function usualCookie(cookie: string | true | undefined, usualName: string): { cookie?: string } {
  if (cookie === undefined) return {}
  return { cookie: cookie === true ? usualName : cookie }
}
