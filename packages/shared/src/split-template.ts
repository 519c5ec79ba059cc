/** One piece of a template: text, or what stands between `{{` and `}}`. `at` counts characters from the template's start. */
export interface TemplatePiece {
  kind: 'text' | 'tag'
  /** Text as it will be shown; a tag without its braces and the spaces inside them. */
  content: string
  at: number
}

/** A template cannot be read. */
export class TemplateSyntaxError extends Error {
  /** Where, in characters from the template's start. */
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.name = 'TemplateSyntaxError'
    this.at = at
  }
}

/** A comment may hold braces when it is written `{{!-- … --}}`. */
const TAG = /\{\{(?:!--[^]*?--|[^]*?)\}\}/g
/** Tags that show nothing themselves: alone on their line, they take the line with them, as in Handlebars. */
const SILENT = /^(?:[#/!]|else$)/

/**
 * Cuts a template into text and tags.
 *
 * @throws TemplateSyntaxError when a tag is not closed
 */
export function splitTemplate(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = []
  let end = 0
  for (const { 0: tag, index } of template.matchAll(TAG)) {
    pushText(pieces, template.slice(end, index), end)
    pieces.push({ kind: 'tag', content: tag.slice(2, -2).trim(), at: index })
    end = index + tag.length
  }
  const open = template.indexOf('{{', end)
  if (open !== -1) throw new TemplateSyntaxError("'{{' is never closed: '}}' was expected", open)
  pushText(pieces, template.slice(end), end)
  return withoutSilentLines(pieces)
}

function pushText(pieces: TemplatePiece[], content: string, at: number): void {
  if (content) pieces.push({ kind: 'text', content, at })
}

function withoutSilentLines(pieces: readonly TemplatePiece[]): TemplatePiece[] {
  return pieces.map((piece, index) => {
    if (piece.kind === 'tag') return piece
    let { content } = piece
    if (standsAlone(pieces, index - 1)) content = content.replace(/^[ \t]*\r?\n?/, '')
    if (standsAlone(pieces, index + 1)) content = content.replace(/[ \t]+$/, '')
    return { ...piece, content }
  })
}

function standsAlone(pieces: readonly TemplatePiece[], index: number): boolean {
  const tag = pieces[index]
  if (tag?.kind !== 'tag' || !SILENT.test(tag.content)) return false
  return endsLine(pieces, index - 1) && beginsLine(pieces, index + 1)
}

function endsLine(pieces: readonly TemplatePiece[], index: number): boolean {
  const before = pieces[index]
  if (!before) return true
  return before.kind === 'text' && (index === 0 ? /(?:^|\n)[ \t]*$/ : /\n[ \t]*$/).test(before.content)
}

function beginsLine(pieces: readonly TemplatePiece[], index: number): boolean {
  const after = pieces[index]
  if (!after) return true
  return after.kind === 'text' && (index === pieces.length - 1 ? /^[ \t]*(?:\r?\n|$)/ : /^[ \t]*\r?\n/).test(after.content)
}
