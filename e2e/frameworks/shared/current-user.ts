/** Whoever the site's own session says is signed in; here, a cookie that the test sets. */
export function currentUser(cookie: string | null | undefined): { id: string; email: string } | undefined {
  const id = /(?:^|; )user=(\w+)/.exec(cookie ?? '')?.[1]
  return id === undefined ? undefined : { id, email: `${id}@example.com` }
}
