/** Where failures and incidents are kept: `sqlite`, in the data folder, or the URL of a Postgres database. */
import { STORE } from './defaults.ts'
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

const FORMS = 'Write sqlite, or postgres://USER:PASSWORD@HOST/DATABASE.'

export function parseStorePlace(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return wrongType(`${STORE} or the URL of a Postgres database`, input)
  if (input.toLowerCase() === STORE) return parsed(STORE)
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input) ?? []
  if (scheme === '') return misread(`${quote(input)} is no store. ${FORMS}`, /^sql/i.test(input) ? STORE : null)
  if (!/^postgres(?:ql)?$/i.test(scheme)) return misread(`Gatewell cannot keep anything in ${scheme}. ${FORMS}`)
  // Its password may stand in it, so none of it is repeated.
  const url = URL.parse(input)
  if (url === null) return misread(`This is not a valid URL; what is special in a password is written as %XX there. ${FORMS}`)
  if (url.pathname.length < 2) return misread(`This names no database. ${FORMS}`)
  return parsed(input)
}
