/** A generated page of the reference, and the pieces that all of them share. */

/** `path` is relative to docs/reference/. */
export type Page = { readonly path: string; readonly text: string }

/** The line that keeps people from editing what comes from a table. */
export function origin(table: string): string {
  return `<!-- Generated from ${table} by \`npm run docs\`. Do not edit. -->`
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n')
}
