/** Something wrong with a configuration, before it is known on which line: a path into it and what to say. */

import { quote } from './parsed.ts'

export type Path = readonly (string | number)[]

export type Finding = {
  readonly severity: 'error' | 'warning'
  readonly path: Path
  /** What is to be pointed at: the key, its value, or no line in particular. */
  readonly at: 'key' | 'value' | 'file'
  readonly message: string
  readonly value: unknown
  readonly suggestion: string | null
}

type Details = { readonly at?: Finding['at']; readonly value?: unknown; readonly suggestion?: string | null }

export function wrong(path: Path, message: string, details: Details = {}): Finding {
  return {
    severity: 'error',
    path,
    message,
    at: details.at ?? 'value',
    value: details.value ?? null,
    suggestion: details.suggestion ?? null,
  }
}

/** Works, but hardly as it was meant. */
export function doubtful(path: Path, message: string, details: Details = {}): Finding {
  return { ...wrong(path, message, details), severity: 'warning' }
}

/** `upstreams.shop.endpoints[0]` */
export function formatPath(path: Path): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[A-Za-z0-9_-]+$/.test(key)) text += text === '' ? key : `.${key}`
    else text += `[${quote(key)}]`
  }
  return text
}

/** What stands at a path of plain data, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}
