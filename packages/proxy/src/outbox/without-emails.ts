/** HubSpot names the contact in its refusals; what is logged or shown must not. The store keeps the words as they came. */
export function withoutEmails(text: string): string {
  return text.replace(/[^\s@"'<>()[\]]+@[^\s@"'<>()[\]]+/g, '[email]')
}
