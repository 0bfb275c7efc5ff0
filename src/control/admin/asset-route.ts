/** The dashboard's page and its files. They hold nothing secret, so that who has a token to give can load the page that asks for it. */
import type { Context, Hono } from 'hono'
import type { Asset } from './asset.ts'
import { AssetStore } from './asset-store.ts'
import type { AdminRefusal } from './guard.ts'

/** Only what comes from here, no script or style within the page; and no text becomes markup by accident. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

const FOR_EVER = 'public, max-age=31536000, immutable'
const WAIT_S = '1'

/** `refuse`: what the guard says of whoever asks. */
export function addAssetRoutes(app: Hono, refuse: (c: Context) => AdminRefusal | null): void {
  const store = new AssetStore()
  app.get('/', async (c, next) => {
    if (!mayLoad(refuse(c))) return next()
    const stock = await store.open()
    if (stock.kind === 'building') return plain(c, 'The dashboard is being built, which takes a moment.', WAIT_S)
    if (stock.kind === 'failed') return plain(c, `The dashboard could not be built.\n\n${stock.reason}`)
    return answer(c, stock.assets.byPath.get('/') as Asset)
  })
  app.get('/assets/:name', async (c, next) => {
    if (!mayLoad(refuse(c))) return next()
    if (store.latest === null) await store.open()
    const asset = store.latest?.byPath.get(c.req.path)
    return asset === undefined ? next() : answer(c, asset)
  })
}

/** Without the token, too. */
function mayLoad(refusal: AdminRefusal | null): boolean {
  return refusal === null || refusal.status === 401
}

function answer(c: Context, { type, body, gzip, tag, isImmutable }: Asset): Response {
  const headers = { ...HEADERS, etag: tag, vary: 'accept-encoding', 'cache-control': isImmutable ? FOR_EVER : 'no-cache' }
  if (c.req.header('if-none-match') === tag) return c.body(null, 304, headers)
  const isPacked = gzip !== null && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
  return c.body(isPacked ? gzip : body, 200, { ...headers, 'content-type': type, ...(isPacked && { 'content-encoding': 'gzip' }) })
}

function plain(c: Context, text: string, refresh?: string): Response {
  const headers = { ...HEADERS, 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' }
  return c.body(`${text}\n`, 503, refresh === undefined ? headers : { ...headers, refresh, 'retry-after': refresh })
}
