/** A line of JSON, and what is in it by path. */

export type JsonObject = Readonly<Record<string, unknown>>

let lastLine = ''
let lastRead: JsonObject | null = null

/** Null for what is no object. Several formats ask for the same line, one after the other. */
export function readJsonLine(line: string): JsonObject | null {
  if (line.charCodeAt(0) !== 0x7b) return null
  if (line === lastLine) return lastRead
  lastLine = line
  lastRead = read(line)
  return lastRead
}

function read(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
  } catch {
    return null
  }
}

/** The object under a key, empty where there is none. */
export function inside(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

/** The first of the keys that has a text or a number, as text. `-` and '' count as none. */
export function textAt(object: JsonObject, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = object[key]
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value !== '' && value !== '-') return value
  }
  return undefined
}

/** The first of the keys that has a number, or a text that is one. */
export function numberAt(object: JsonObject, ...keys: readonly string[]): number | undefined {
  const text = textAt(object, ...keys)
  const number = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** Of header fields, `{"User-Agent":["curl"]}` or `{"user-agent":"curl"}`. */
export function fieldAt(fields: JsonObject, name: string): string | undefined {
  for (const [key, value] of Object.entries(fields)) {
    if (key.toLowerCase() !== name) continue
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'string' && first !== '' ? first : undefined
  }
  return undefined
}
