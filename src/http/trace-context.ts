/** W3C Trace Context (level 2) §3.2: reading `traceparent`. An invalid one counts as absent. Not a tracer: nothing is started here. */

/** version "-" trace-id "-" parent-id "-" trace-flags; later versions may append more after another "-". */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const TRACE_ID_NONE = '0'.repeat(32)
const PARENT_ID_NONE = '0'.repeat(16)

/** The trace id of a valid `traceparent`, or '' where it is absent or invalid. */
export function traceIdOf(traceparent: string): string {
  if (traceparent.length < 55) return ''
  const match = TRACEPARENT.exec(traceparent)
  if (match === null) return ''
  const [, version, traceId, parentId, more] = match
  // `ff` is forbidden, and version 00 ends after the flags.
  if (version === 'ff' || (version === '00' && more !== undefined)) return ''
  return traceId === TRACE_ID_NONE || parentId === PARENT_ID_NONE ? '' : (traceId ?? '')
}
