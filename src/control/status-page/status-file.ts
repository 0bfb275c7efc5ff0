/** The files of the status page as they are answered, with the fields of each. */
import { createHash } from 'node:crypto'
import type { StatusFile } from '../../gateway/respond/status-page.ts'
import { renderPage } from './page.ts'
import { STYLE } from './page-style.ts'
import { renderFeed, renderJson } from './status-json.ts'
import type { StatusReport } from './status-report.ts'

/** Caches in front may hold it for a moment, and for a day where nobody answers. */
const CACHING = 'public, max-age=10, stale-while-revalidate=20, stale-if-error=86400'
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export function renderFiles(report: StatusReport): StatusFile[] {
  const { madeAt } = report
  return [
    file('/', 'text/html; charset=utf-8', renderPage(report), madeAt, ['Content-Security-Policy', POLICY]),
    // Other pages may show how it is.
    file('/status.json', 'application/json', renderJson(report), madeAt, ['Access-Control-Allow-Origin', '*']),
    file('/rss.xml', 'application/rss+xml; charset=utf-8', renderFeed(report), madeAt),
  ]
}

function file(path: string, type: string, body: string, madeAt: number, further: readonly string[] = []): StatusFile {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
  const fields = ['Content-Type', type, 'Cache-Control', CACHING, 'ETag', etag, 'Last-Modified', new Date(madeAt).toUTCString()]
  return { path, etag, body, fields: [...fields, 'X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'no-referrer', ...further] }
}
