// The WHATWG parser has already turned 127.1, 0x7f000001 and the like into this form.
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Whether a URL leads to this machine by a name or address that never leads to another. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname)
}
