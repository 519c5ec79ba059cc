/** Whether a browser could name this as a page's origin: `https://app.example.com`, without a slash at its end, and no pattern. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
