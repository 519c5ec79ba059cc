/**
 * Tracks what the page declares: `<button data-track="signup" data-track-plan="pro">` on a click, a `<form data-track="…">`
 * when it is submitted. `data-track-plan-name` becomes the property `planName`; every value is text.
 */
export function trackElements(track: (event: string, properties: Record<string, string>) => unknown): void {
  ;['click', 'submit'].map((type) =>
    addEventListener(type, ({ target }) => {
      try {
        // Nothing declared gives null, a document has no `closest`, a form's field may bear any name: all that ends in the catch.
        const { dataset } = (target as HTMLElement).closest<HTMLElement>((type[5] ? 'form' : ':not(form)') + '[data-track]')!
        const properties: Record<string, string> = {}
        for (const name in dataset) {
          if (/^track[A-Z]/.test(name)) properties[name[5]!.toLowerCase() + name.slice(6)] = dataset[name]!
        }
        track(dataset.track!, properties)
      } catch {
        // Nothing the page does with its elements may come back to it as our error.
      }
    }, true),
  )
}
