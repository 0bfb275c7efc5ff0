/** `${NAME}` and `${NAME:-default}` in a value: the only way the environment gets into a configuration. `$${` is a plain `${`. */
import { misread, type Parsed, parsed } from './parsed.ts'
import { findSimilar } from './suggestion.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g
const NAME_AND_DEFAULT = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/

export function interpolate(text: string, environment: Environment): Parsed<string> {
  if (!text.includes('${')) return parsed(text)
  let result = ''
  let end = 0
  for (const match of text.matchAll(REFERENCE)) {
    result += text.slice(end, match.index)
    end = match.index + match[0].length
    const value = match[0] === '$${' ? parsed('${') : resolve(match[0], match[1]!, environment)
    if (!value.ok) return value
    result += value.value
  }
  return parsed(result + text.slice(end))
}

function resolve(reference: string, inside: string, environment: Environment): Parsed<string> {
  if (!reference.endsWith('}')) return misread(`"${reference}" has no closing brace. Write $\${ for a plain \${.`)
  const [, name, otherwise] = NAME_AND_DEFAULT.exec(inside) ?? []
  if (name === undefined) {
    const fixed = /^([A-Za-z_][A-Za-z0-9_]*)\s*:?[-=?+](.*)$/.exec(inside)
    const suggestion = fixed === null ? null : `\${${fixed[1]}:-${fixed[2]}}`
    return misread(`"${reference}" is not a variable. Write \${NAME} or \${NAME:-default}; $\${ stands for a plain \${.`, suggestion)
  }
  const value = environment[name]
  if (value !== undefined && (value !== '' || otherwise === undefined)) return parsed(value)
  if (otherwise !== undefined) return parsed(otherwise)
  const similar = findSimilar(name, Object.keys(environment))
  return misread(
    `the environment variable ${name} is not set. Set it, or give it a default: \${${name}:-…}.`,
    similar === null ? null : `\${${similar}}`,
  )
}
