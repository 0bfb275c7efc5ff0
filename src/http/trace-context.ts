/** W3C Trace Context (level 2) §3.2: reading and writing `traceparent`. An invalid one counts as absent. Nothing is decided here. */

/** version "-" trace-id "-" parent-id "-" trace-flags; later versions may append more after another "-". */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/
const LENGTH = 55
const TRACE_ID_AT = 3
const TRACE_ID_NONE = '0'.repeat(32)
const PARENT_ID_AT = 36
const PARENT_ID_NONE = '0'.repeat(16)
const FLAGS_AT = 53
/** Both with the line's end; the names of fields come as they were sent. */
const TRACEPARENT_LINE = /^traceparent: [^\r\n]*\r\n/gim
const TRACESTATE_LINE = /^tracestate: [^\r\n]*\r\n/gim

/** Makes no garbage, for it is asked of every request that has one. */
export function isTraceparent(value: string): boolean {
  if (value.length < LENGTH || !TRACEPARENT.test(value)) return false
  // `ff` is forbidden, and version 00 ends after the flags.
  if (value.startsWith('ff') || (value.length > LENGTH && value.startsWith('00'))) return false
  return !value.startsWith(TRACE_ID_NONE, TRACE_ID_AT) && !value.startsWith(PARENT_ID_NONE, PARENT_ID_AT)
}

/** What a valid one says: whoever sent it records this trace. */
export function isSampled(traceparent: string): boolean {
  const digit = traceparent.charCodeAt(FLAGS_AT + 1)
  // The last bit of a hexadecimal digit: `0` is 48, `a` is 97.
  return ((digit >= 97 ? digit + 1 : digit) & 1) === 1
}

/** The trace id of a valid `traceparent`, or '' where it is absent or invalid. */
export function traceIdOf(traceparent: string): string {
  return isTraceparent(traceparent) ? traceparent.slice(TRACE_ID_AT, TRACE_ID_AT + 32) : ''
}

/** The same for the span that the request was sent from. */
export function parentIdOf(traceparent: string): string {
  return isTraceparent(traceparent) ? traceparent.slice(PARENT_ID_AT, PARENT_ID_AT + 16) : ''
}

/** The line that tells the next hop of a trace that is recorded. */
export function traceparentLine(traceId: string, spanId: string): string {
  return `traceparent: 00-${traceId}-${spanId}-01\r\n`
}

/** Canonical lines without `traceparent`, for another is written; `tracestate` stays only with the trace that it belongs to. */
export function withoutTraceparent(fieldText: string, isContinued: boolean): string {
  const text = fieldText.replace(TRACEPARENT_LINE, '')
  return isContinued ? text : text.replace(TRACESTATE_LINE, '')
}
