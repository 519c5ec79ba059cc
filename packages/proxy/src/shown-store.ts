/** Where the outbox lies, as it may be shown: of a PostgreSQL URL neither the user nor the password, and none of its settings. */
export function shownStore(store: string): string {
  return store.replace(/^(postgres(?:ql)?:\/\/)(?:[^/?#]*@)?([^?#]*).*$/s, '$1$2')
}
