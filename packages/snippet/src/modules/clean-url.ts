const MAX_LENGTH = 2_000

/**
 * Query and fragment may hold secrets, so only a fragment that is a route stays: `…/app?token=1#/users/7?tab=2` gives `…/app#/users/7`. It ends before
 * what providers and routers make of `#access_token=…`: `#/access_token=…`, `#/welcome#access_token=…`.
 */
export function cleanUrl(url: string): string {
  return url.replace(/^([^?#]*)[^#]*(#!?\/[^?#&=]*)?.*/s, '$1$2').slice(0, MAX_LENGTH)
}
