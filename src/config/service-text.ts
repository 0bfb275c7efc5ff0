/** How a configuration writes the services of the status page: names that visitors know, each with an upstream or route, or several. */
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

const NAME_MAX = 80
const SERVICES_MAX = 100

export type Services = Readonly<Record<string, readonly string[]>>

export function parseServices(input: unknown): Parsed<Services> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return wrongType('names and upstreams', input)
  const entries = Object.entries(input)
  if (entries.length > SERVICES_MAX) return misread(`has more than ${SERVICES_MAX} services.`)
  for (const [name, written] of entries) {
    if (name.trim() === '' || name.length > NAME_MAX) return misread(`has ${quote(name)}, which is no name of 1 to ${NAME_MAX} characters.`)
    const words: unknown[] = [written].flat()
    if (words.length === 0 || words.some((word) => typeof word !== 'string' || word === ''))
      return misread(`needs for ${quote(name)} the name of an upstream or a route, or a list of such.`)
  }
  return parsed(Object.fromEntries(entries.map(([name, written]) => [name, [written].flat()])))
}
