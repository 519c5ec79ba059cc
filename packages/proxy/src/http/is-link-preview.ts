/** What chats and mail programs call themselves where they fetch an address to show what is behind it; no browser has these words. */
const PREVIEWERS = /(?<!cu)bot\b|preview|externalhit|whatsapp|embedly|iframely/i

/** Whether a program looks at an address that somebody has pasted, for whom nobody has clicked on it. */
export function isLinkPreview(userAgent: string | undefined): boolean {
  return userAgent !== undefined && PREVIEWERS.test(userAgent)
}
