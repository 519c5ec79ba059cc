const markup = Symbol('markup')

/** Text that is HTML already. It can only be made by {@link html}, so no value from a request can pass for it. */
export type Html = { readonly [markup]: true; readonly html: string }

type Value = string | number | undefined | Html | readonly Html[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Builds HTML from a template literal: what is put in is escaped (text, quoted attributes) unless it is {@link Html}. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return wrap(texts.reduce((built, text, at) => built + valueHtml(values[at - 1]) + text))
}

/** Puts pieces of HTML behind each other. */
export function join(pieces: readonly Html[]): Html {
  return wrap(pieces.map((piece) => piece.html).join(''))
}

function wrap(text: string): Html {
  return { [markup]: true, html: text }
}

function valueHtml(value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  return isHtml(value) ? value.html : value.map((piece) => piece.html).join('')
}

function isHtml(value: Html | readonly Html[]): value is Html {
  return markup in value
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}
