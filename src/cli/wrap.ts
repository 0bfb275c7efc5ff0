/** Text in lines of a given width. */

/** Breaks between words; `indent` goes before every line, `first` before the first one in its place. A longer word stays whole. */
export function wrap(text: string, columns: number, indent = '', first = indent): string {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = indent
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line].join('\n')
}
