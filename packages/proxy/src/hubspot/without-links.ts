/** Templates are Markdown, and what a visitor typed lands in them: a space keeps `[text](address)` from becoming a link. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (')
}
