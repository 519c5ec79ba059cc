type Track = (event: string, properties: Record<string, string>) => unknown

/**
 * Tracks what the page declares: `<button data-track="signup" data-track-plan="pro">` on a click, a `<form data-track="…">`
 * when it is submitted. `data-track-plan-name` becomes the property `planName`; every value is text.
 */
export function trackElements(track: Track): void {
  const trackTarget = ({ target, type }: Event) => {
    try {
      // A click or a submit outside any element, and a form with a field named `closest`, end in the catch.
      const element = (target as HTMLElement).closest<HTMLElement>('[data-track]')
      if (!element || (element.tagName === 'FORM') !== (type === 'submit')) return
      track(element.dataset.track ?? '', readProperties(element))
    } catch {
      // Nothing the page does with its elements may come back to it as our error.
    }
  }
  for (const type of ['click', 'submit']) addEventListener(type, trackTarget, true)
}

function readProperties({ dataset }: HTMLElement): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const name in dataset) {
    if (/^track[A-Z]/.test(name)) properties[name.charAt(5).toLowerCase() + name.slice(6)] = dataset[name] ?? ''
  }
  return properties
}
