declare global {
  interface Navigator {
    /** Not in TypeScript's library: https://www.w3.org/TR/gpc/ */
    readonly globalPrivacyControl?: boolean
  }
}
