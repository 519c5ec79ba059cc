/** Path of the Chromium that the tests drive: TRACKLINE_CHROMIUM, one of the system's, or Playwright's own. */
export function findChromium(): Promise<string | undefined>
