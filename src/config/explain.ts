/** zod's issues in our words, each at its path, with what was probably meant. */
import * as z from 'zod'
import { type Finding, formatPath, type Path, valueAt, wrong } from './finding.ts'
import { describeValue, quote, wrongType } from './parsed.ts'
import type { MisreadParams } from './scalar.ts'
import { isSecretPath } from './secret.ts'
import { findSimilar } from './suggestion.ts'

type Issue = z.core.$ZodIssue

const TYPES = { object: 'a mapping (keys and values)', record: 'a mapping (keys and values)', array: 'a list', string: 'text' } as const

/** `root` is the value that was checked, `schema` what it was checked against. */
export function explainIssues(issues: readonly Issue[], root: unknown, schema: z.ZodType): Finding[] {
  const findings = issues.flatMap((issue) => explain(issue, [], root, schema))
  // A key that was only mistyped is not missing as well.
  const meant = new Set(
    findings.filter(({ at }) => at === 'key').map(({ path, suggestion }) => formatPath([...path.slice(0, -1), suggestion ?? ''])),
  )
  return findings.filter(({ value, path }) => value !== undefined || !meant.has(formatPath(path)))
}

function explain(issue: Issue, base: Path, root: unknown, schema: z.ZodType): Finding[] {
  const path = [...base, ...(issue.path as Path)]
  const value = valueAt(root, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => explainUnknownKey(key, path, value, schema))
    case 'invalid_union':
      return explainUnion(issue.errors, path, root, schema)
    case 'custom': {
      if (value === undefined) return [explainMissing(path, root)]
      const params = issue.params as MisreadParams
      return [wrong(path, issue.message, { value, suggestion: params.suggestion })]
    }
    case 'invalid_type':
      if (value === undefined) return [explainMissing(path, root)]
      return [explainType(TYPES[issue.expected as keyof typeof TYPES], path, value)]
    case 'invalid_value':
      return value === undefined ? [explainMissing(path, root)] : [explainChoice(issue.values, path, value)]
    case 'invalid_key':
      return [explainName(path)]
    case 'too_small':
      return [wrong(path, 'is an empty list. It needs at least one item.', { value })]
    default:
      return [wrong(path, `${issue.message}.`, { value })]
  }
}

function explainUnknownKey(key: string, path: Path, value: unknown, schema: z.ZodType): Finding {
  const known = keysAt(schema, path)
  const free = known.filter((name) => !(typeof value === 'object' && value !== null && Object.hasOwn(value, name)))
  const suggestion = findSimilar(key, free) ?? findSimilar(key, known)
  const list = suggestion === null ? ` Known here: ${known.join(', ')}.` : ''
  return wrong([...path, key], `unknown key ${quote(key)}.${list}`, { at: 'key', value: key, suggestion })
}

function explainMissing(path: Path, root: unknown): Finding {
  const holder = valueAt(root, path.slice(0, -1))
  const key = path.at(-1)!
  const isThere = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
  return { ...wrong(path, isThere ? 'has no value.' : 'is missing.', { at: 'key' }), value: undefined }
}

function explainType(expected: string, path: Path, value: unknown): Finding {
  if (isSecretPath(path) && typeof value === 'string') return wrong(path, `must be ${expected}, not a text.`)
  const glued = typeof value === 'string' ? /^([A-Za-z]+):(\S.*)$/.exec(value) : null
  if (glued !== null && expected === TYPES.object) {
    return wrong(path, `must be ${expected}, not ${quote(value)}. A colon needs a space after it.`, {
      value,
      suggestion: `${glued[1]}: ${glued[2]}`,
    })
  }
  const isListed = expected === TYPES.array && typeof value === 'string'
  const suggestion = isListed
    ? `[${JSON.stringify(value)}]`
    : expected === TYPES.string && typeof value !== 'object'
      ? JSON.stringify(String(value))
      : null
  return wrong(path, wrongType(expected, value).message, { value, suggestion })
}

function explainChoice(values: readonly unknown[], path: Path, value: unknown): Finding {
  const words = values.map(String)
  const suggestion = typeof value === 'string' ? findSimilar(value, words) : null
  const many = words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : words[0]
  return wrong(path, `must be ${many}, not ${describeValue(value)}.`, { value, suggestion })
}

function explainName(path: Path): Finding {
  const name = String(path.at(-1))
  const fixed = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
  const message = `${quote(name)} cannot be a name: letters, digits, dots, dashes and underscores, a letter or digit first, at most 64 in all.`
  return wrong(path, message, { at: 'key', value: name, suggestion: fixed === '' || fixed === name ? null : fixed })
}

/** Of several forms the one that was meant is that of the right type with the fewest problems. */
function explainUnion(branches: readonly (readonly Issue[])[], path: Path, root: unknown, schema: z.ZodType): Finding[] {
  const value = valueAt(root, path)
  if (value === undefined) return [explainMissing(path, root)]
  const fitting = branches.filter((issues) => !issues.some((issue) => issue.path.length === 0 && isTypeIssue(issue)))
  const nearest = fitting.toSorted((a, b) => a.length - b.length)[0]
  if (nearest !== undefined) return nearest.flatMap((issue) => explain(issue, path, root, schema))
  const suggestion = branches
    .flat()
    .map(suggestionOf)
    .find((guess) => guess !== null)
  return [wrong(path, `cannot be ${describeValue(value)}. ${describeForms(schema, path)}`, { value, suggestion: suggestion ?? null })]
}

function isTypeIssue(issue: Issue): boolean {
  return issue.code === 'invalid_type' || (issue.code === 'custom' && (issue.params as MisreadParams).isWrongType)
}

function suggestionOf(issue: Issue): string | null {
  return issue.code === 'custom' && issue.path.length === 0 ? (issue.params as MisreadParams).suggestion : null
}

/** The description says which forms there are, and the reference says no more. */
function describeForms(schema: z.ZodType, path: Path): string {
  const descriptions = typesAt(schema, path).flatMap((type) => z.globalRegistry.get(type)?.description ?? [])
  return descriptions[0]?.replaceAll('`', '') ?? ''
}

/** The keys that a mapping at this path may have, in the order of the schema. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  const shapes = typesAt(schema, path)
    .flatMap(unwrap)
    .flatMap((type) => (type instanceof z.ZodObject ? [type.shape] : []))
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))]
}

/** The types that may stand at a path; several where a union forks. */
function typesAt(schema: z.ZodType, path: Path): z.ZodType[] {
  let types = [schema]
  for (const key of path) {
    types = types.flatMap(unwrap).flatMap((type): z.ZodType[] => {
      if (type instanceof z.ZodObject) return Object.hasOwn(type.shape, key) ? [type.shape[key]] : []
      if (type instanceof z.ZodRecord) return [type.valueType as z.ZodType]
      return type instanceof z.ZodArray ? [type.element as z.ZodType] : []
    })
  }
  return types
}

function unwrap(type: z.ZodType): z.ZodType[] {
  if (type instanceof z.ZodPrefault || type instanceof z.ZodOptional) return unwrap(type.unwrap() as z.ZodType)
  if (type instanceof z.ZodPipe) return unwrap(type.in as z.ZodType)
  return type instanceof z.ZodUnion ? type.options.flatMap((option) => unwrap(option as z.ZodType)) : [type]
}
