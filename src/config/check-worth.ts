/** What no single `worth` shows: amounts of two currencies cannot be added up. */
import { type Finding, type Path, valueAt, wrong } from './finding.ts'
import { parseWorth } from './worth-text.ts'

/** `root` is the configuration as it was written. */
export function checkWorth(root: unknown): Finding[] {
  const routes = valueAt(root, ['routes'])
  const upstreams = valueAt(root, ['upstreams'])
  const paths: Path[] = [
    ['worth'],
    ...Object.keys((upstreams as object | undefined) ?? {}).map((name) => ['upstreams', name, 'worth']),
    ...(Array.isArray(routes) ? routes.map((_, i) => ['routes', i, 'worth']) : []),
  ]
  const written = paths.flatMap((path) => {
    const worth = parseWorth(valueAt(root, path))
    return worth.ok ? [{ path, currency: worth.value.currency }] : []
  })
  const [first] = written
  return written
    .filter(({ currency }) => currency !== first?.currency)
    .map(({ path, currency }) => wrong(path, `is in ${currency}, and another one in ${first?.currency}. Write all in one currency.`))
}
