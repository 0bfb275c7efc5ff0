/** Reason phrases of RFC 9110 §15, for answers of the gateway's own. */
import { STATUS_CODES } from 'node:http'

export function statusText(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown'
}
