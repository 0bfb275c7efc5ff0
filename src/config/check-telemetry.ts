/** What is valid in `telemetry` and yet hardly meant: the port of another protocol, a place to send to and nothing to send. */
import { doubtful, type Finding, valueAt } from './finding.ts'

const GRPC_PORT = '4317'

/** `root` is the configuration as it was written. */
export function checkTelemetry(root: unknown): Finding[] {
  const at = ['telemetry', 'otlp']
  const endpoint = valueAt(root, [...at, 'endpoint'])
  if (typeof endpoint !== 'string') return []
  const isOff = (key: string): boolean => ['off', false].includes(valueAt(root, [...at, key]) as string)
  if (isOff('traces') && isOff('metrics'))
    return [doubtful(at, 'has both traces and metrics off, so nothing is sent there.', { at: 'key' })]
  if (URL.parse(endpoint)?.port !== GRPC_PORT) return []
  const suggestion = endpoint.replace(`:${GRPC_PORT}`, ':4318')
  const message = 'is mostly where OTLP over gRPC is taken. Gatewell sends it over HTTP, for which the port is mostly 4318.'
  return [doubtful([...at, 'endpoint'], message, { value: endpoint, suggestion })]
}
