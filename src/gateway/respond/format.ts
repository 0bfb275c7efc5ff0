/** In which form a client can read a failure: for people, for programs, for gRPC, or one line for a terminal. RFC 9110 §12. */
import { isBetter, type Match, matchType, NO_MATCH, parseRanges, type Range } from '../../http/accept.ts'
import { fieldsOf, type RequestHead } from '../../http/message.ts'

export type Format = 'html' | 'problem' | 'grpc' | 'text'

const GRPC = /^application\/grpc(?:[-+;]|$)/i
const JSON_TYPE = /^application\/(?:[^;]*\+)?json\b/i

export function chooseFormat(request: RequestHead): Format {
  if (GRPC.test(request.contentType)) return 'grpc'
  const ranges = parseRanges(request.accept)
  let format: Format = 'text'
  let best = matchType(ranges, 'text/plain')
  const html = matchType(ranges, 'text/html')
  // A mere `text/*` is met by the page, too, and the page says more.
  if (html.quality > 0 && !isBetter(best, html)) [format, best] = ['html', html]
  const json = matchJson(ranges)
  if (json.quality > 0 && isBetter(json, best)) [format, best] = ['problem', json]
  // `*/*` and nothing at all say nothing: what kind of program asks does.
  return best.quality > 0 && best.specificity > 0 ? format : formatOfProgram(request)
}

/** `application/json`, `application/problem+json` and every other kind of JSON are the same wish. */
function matchJson(ranges: readonly Range[]): Match {
  let best = matchType(ranges, 'application/problem+json')
  const plain = matchType(ranges, 'application/json')
  if (isBetter(plain, best)) best = plain
  for (const [index, { value, quality }] of ranges.entries()) {
    const match = value.endsWith('+json') ? { quality, specificity: 2, index } : NO_MATCH
    if (isBetter(match, best)) best = match
  }
  return best
}

function formatOfProgram(request: RequestHead): Format {
  if (JSON_TYPE.test(request.contentType)) return 'problem'
  const fields = fieldsOf(request.fieldText)
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (name.length === 16 && name.toLowerCase() === 'x-requested-with') return 'problem'
    if (name.length === 14 && name.toLowerCase() === 'sec-fetch-dest') {
      const destination = fields[i + 1]!
      if (destination === 'empty') return 'problem'
      if (destination === 'document' || destination === 'iframe' || destination === 'frame') return 'html'
    }
  }
  return 'text'
}
