/** The value of the cookie of that name, if it was sent; throws a SessionError when it was sent twice. */
export type CookieValue = (name: string) => string | undefined

/** Finds the token in the cookies of a request, given the name that the preset reads. */
export type CookieReader = (valueOf: CookieValue, name: string) => string | undefined

/** The cookie's value is the token. */
export const plainCookie: CookieReader = (valueOf, name) => valueOf(name) || undefined
