/** Where a pool of PHP-FPM tells of itself: `http://127.0.0.1:8080/fpm-status`, its `pm.status_path` behind a web server. */
import { hideCredentials, misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

const EXAMPLE = 'http://127.0.0.1:8080/fpm-status'

export function parsePhpStatus(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType(`a URL such as ${EXAMPLE}`, input)
  const url = URL.parse(input)
  const shown = quote(hideCredentials(input))
  if (url === null) return misread(`${shown} is not a URL. Write it like ${EXAMPLE}.`)
  if (url.protocol !== 'http:') return misread(`${shown}: the status page is read over plain http, mostly of this machine.`)
  if (url.username !== '' || url.password !== '') return misread(`${shown} holds a user name or password, which is not supported.`)
  if (url.pathname === '/') return misread(`${shown} has no path. Write pm.status_path of the pool behind it, such as /fpm-status.`)
  return parsed(`${url.origin}${url.pathname}`)
}
