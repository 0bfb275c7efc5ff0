/** Text as it may stand in HTML, in elements and in quoted attributes. */

const SPECIAL = /[&<>"']/g
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return text.replace(SPECIAL, (char) => ENTITIES[char]!)
}
