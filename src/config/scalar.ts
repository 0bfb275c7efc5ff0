/** Single values of gatewell.yaml as zod types. The parsers judge and speak; zod carries the result and writes the JSON Schema. */
import * as z from 'zod'
import { parseListen } from './address.ts'
import { parseBlock, parseNameServer } from './block.ts'
import { ADMIN_LISTEN, STORE } from './defaults.ts'
import { parseDependency } from './dependency-url.ts'
import { parseEndpoint } from './endpoint-url.ts'
import { parseCookieName, parseFieldName, parseHostPort, parseStatusRange, parseTargetPath } from './http-text.ts'
import { parseHost, parsePath } from './match-pattern.ts'
import { type Parsed, parsed } from './parsed.ts'
import { parsePhpStatus } from './php-status-url.ts'
import type { ListenerPlan } from './plan.ts'
import { parseStorePlace } from './store-place.ts'
import { parseContentType, parseCount, parseFilePath, parseLocation, parseName, parseSwitch, parseToken, parseWorkers } from './text.ts'
import { formatDuration, formatShare, formatSize, parseDuration, parseShare, parseSize } from './unit.ts'
import { parseWorth } from './worth-text.ts'

type JsonType = 'string' | 'integer' | 'boolean' | 'array' | 'object'

/** What an editor is told about a value; the full check is the parser's. */
type Shape = {
  /** What the value is called in the reference. */
  readonly title: string
  readonly type: JsonType | readonly JsonType[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly examples?: readonly (string | number)[]
}

/** Rides on a zod issue to where issues become problems. */
export type MisreadParams = { readonly suggestion: string | null; readonly isWrongType: boolean }

export function scalar<T>(parse: (input: unknown) => Parsed<T>, shape: Shape) {
  const read = z.unknown().transform((input, context): T => {
    const result = parse(input)
    if (result.ok) return result.value
    const params: MisreadParams = { suggestion: result.suggestion, isWrongType: result.isWrongType }
    context.issues.push({ code: 'custom', message: result.message, params, input })
    return z.NEVER
  })
  return read.meta({ ...shape })
}

const DURATION: Shape = {
  title: 'duration',
  type: ['string', 'integer'],
  minimum: 0,
  maximum: 0,
  pattern: '^(0|[0-9]+(\\.[0-9]+)?(ms|s|m|h))$',
  examples: ['250ms', '3s', '5m'],
}
const SIZE: Shape = {
  title: 'size',
  type: ['string', 'integer'],
  minimum: 0,
  maximum: 0,
  pattern: '^(0|[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB))$',
  examples: ['64KiB', '10MiB'],
}
const SHARE: Shape = { title: 'share', type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?%$', examples: ['20%'] }

export const duration = (defaultMs: number, minMs = 0) =>
  scalar((input) => parseDuration(input, minMs), DURATION).prefault(formatDuration(defaultMs))

export const anySize = () => scalar(parseSize, SIZE)
export const size = (defaultBytes: number) => anySize().prefault(formatSize(defaultBytes))
export const share = (defaultShare: number) => scalar(parseShare, SHARE).prefault(formatShare(defaultShare))

export const count = (defaultCount: number, min: number, max: number) =>
  scalar((input) => parseCount(input, min, max), { title: `${min}–${max}`, type: 'integer', minimum: min, maximum: max }).prefault(
    defaultCount,
  )

export const toggle = (isOn: boolean) => scalar(parseSwitch, { title: 'true or false', type: 'boolean' }).prefault(isOn)

export const workers = () =>
  scalar(parseWorkers, { title: 'number or auto', type: ['integer', 'string'], minimum: 0, pattern: '^auto$' }).prefault('auto')

export const name = (defaultName: string) =>
  scalar(parseName, { title: 'name', type: 'string', pattern: '^[A-Za-z][A-Za-z0-9._-]{0,63}$' }).prefault(defaultName)

export const listenAddress = () =>
  scalar(parseListen, { title: 'address', type: 'string', examples: [':80', '127.0.0.1:8080', '[::1]:8080', 'unix:/run/gatewell.sock'] })

/** `off` is null. */
export const adminAddress = () => {
  const parse = (input: unknown): Parsed<ListenerPlan | null> => (input === 'off' || input === false ? parsed(null) : parseListen(input))
  return scalar(parse, { title: 'address or off', type: ['string', 'boolean'], examples: [ADMIN_LISTEN, 'off'] }).prefault(ADMIN_LISTEN)
}

export const endpointUrl = () =>
  scalar(parseEndpoint, {
    title: 'URL',
    type: 'string',
    pattern: '^(http://|http\\+srv://|unix:/)',
    examples: ['http://10.0.0.1:3000', 'http+srv://_http._tcp.shop.internal', 'unix:/run/app.sock'],
  })

export const dependencyUrl = () =>
  scalar(parseDependency, {
    title: 'URL',
    type: 'string',
    pattern: '^(tcp|postgres|postgresql|mysql|mariadb|redis)://',
    examples: ['tcp://search.internal:9200', 'postgres://db.internal', 'redis://127.0.0.1:6379'],
  })

export const phpStatusUrl = () =>
  scalar(parsePhpStatus, { title: 'URL', type: 'string', pattern: '^http://', examples: ['http://127.0.0.1:8080/fpm-status'] })

export const host = () => scalar(parseHost, { title: 'host', type: 'string', examples: ['shop.example.com', '*.example.com'] })
export const path = () => scalar(parsePath, { title: 'path', type: 'string', pattern: '^/[^*?#]*\\*?$', examples: ['/login', '/api/*'] })
export const location = () =>
  scalar(parseLocation, { title: 'URL or path', type: 'string', examples: ['https://www.example.com/', '/new'] })
export const contentType = (defaultType: string) => scalar(parseContentType, { title: 'media type', type: 'string' }).prefault(defaultType)
// biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the environment is named in a configuration
export const token = () => scalar(parseToken, { title: 'text', type: 'string', examples: ['${GATEWELL_TOKEN}'] })
export const block = () => scalar(parseBlock, { title: 'address or block', type: 'string', examples: ['10.0.0.0/8', '2001:db8::/32'] })
export const nameServer = () => scalar(parseNameServer, { title: 'address', type: 'string', examples: ['1.1.1.1', '[2606:4700::1111]:53'] })
export const fieldName = () => scalar(parseFieldName, { title: 'field name', type: 'string', examples: ['X-User'] })
export const cookieName = () => scalar(parseCookieName, { title: 'cookie name', type: 'string', examples: ['session'] })
export const hostPort = () => scalar(parseHostPort, { title: 'host or host:port', type: 'string', examples: ['shop.example.com'] })

export const storePlace = () =>
  scalar(parseStorePlace, {
    title: 'sqlite or URL',
    type: 'string',
    pattern: '^(sqlite$|postgres(ql)?://)',
    examples: [STORE, 'postgres://gatewell@db.internal/gatewell'],
  }).prefault(STORE)

export const worth = () =>
  scalar(parseWorth, { title: 'amount', type: 'string', examples: ['0.05 EUR per request', '80 EUR per order, 2% of requests'] })

export const targetPath = () => scalar(parseTargetPath, { title: 'path', type: 'string', pattern: '^/', examples: ['/up'] })

/** A status, or a range of them: `200-399`. */
export const statusRange = (min: number, max: number) =>
  scalar(parseStatusRange, {
    title: 'status or range',
    type: ['string', 'integer'],
    minimum: 100,
    maximum: 599,
    pattern: '^[1-5][0-9]{2}(-[1-5][0-9]{2})?$',
    examples: ['200-399', 204],
  }).prefault(`${min}-${max}`)

/** Digits in quotes are what an environment variable gives. */
export const toNumber = (input: unknown): unknown => (typeof input === 'string' && /^\d{3}$/.test(input) ? Number(input) : input)

export const filePath = () => scalar(parseFilePath, { title: 'file', type: 'string' })
