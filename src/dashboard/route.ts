/** Which view is shown, by what follows `#/` in the address: `#/incidents/i-mwr1`. The links of alerts lead there, too. */
import { signal } from '@preact/signals'

export type Route = { readonly view: string; readonly id: string; readonly query: Readonly<Record<string, string>> }

export const route = signal<Route>(parseRoute(location.hash))

function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?')
  const [view = '', ...rest] = path.split('/')
  return { view, id: decode(rest.join('/')), query: Object.fromEntries(new URLSearchParams(query)) }
}

export function linkTo(view: string, id = '', query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  const tail = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  return `#/${view}${id === '' ? '' : `/${encodeURIComponent(id)}`}${tail}`
}

export function follow(): void {
  addEventListener('hashchange', () => {
    route.value = parseRoute(location.hash)
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
