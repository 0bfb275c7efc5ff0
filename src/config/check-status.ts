/** What no single value of `status` shows: a name that is a pattern, services that consist of nothing there is, routes that it hides. */
import { doubtful, type Finding, valueAt, wrong } from './finding.ts'
import { quote } from './parsed.ts'
import { findSimilar } from './suggestion.ts'

/** `root` is the configuration as it was written. */
export function checkStatus(root: unknown): Finding[] {
  const host = valueAt(root, ['status', 'host'])
  if (typeof host !== 'string') return []
  return [...checkHost(host, root), ...checkServices(root)]
}

function checkHost(host: string, root: unknown): Finding[] {
  const path = ['status', 'host']
  if (host.startsWith('*'))
    return [wrong(path, 'is a pattern, and the page has one name. Write it out: status.example.com.', { value: host })]
  return list(valueAt(root, ['routes'])).flatMap((route, i) => {
    const other = valueAt(route, ['host'])
    if (typeof other !== 'string' || other.toLowerCase() !== host.toLowerCase()) return []
    return [doubtful(['routes', i], `is never reached: status.host is ${quote(host)} as well, and the status page comes first.`)]
  })
}

function checkServices(root: unknown): Finding[] {
  const services = valueAt(root, ['status', 'services'])
  if (typeof services !== 'object' || services === null || Array.isArray(services)) return []
  const upstreams = Object.keys((valueAt(root, ['upstreams']) as object | undefined) ?? {})
  const routes = list(valueAt(root, ['routes'])).flatMap((route) =>
    typeof valueAt(route, ['to']) === 'string' ? [`${valueAt(route, ['host']) ?? ''}${valueAt(route, ['path']) ?? '/*'}`] : [],
  )
  const known = [...upstreams, ...routes]
  return Object.entries(services).flatMap(([name, written]) => {
    const isList = Array.isArray(written)
    return (isList ? written : [written]).flatMap((word: unknown, i) => {
      if (typeof word !== 'string' || known.includes(word)) return []
      const message = `there is no upstream and no route ${quote(word)}. A route is called by its host and path, such as "shop.example.com/api/*".`
      return [wrong(['status', 'services', name, ...(isList ? [i] : [])], message, { value: word, suggestion: findSimilar(word, known) })]
    })
  })
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
