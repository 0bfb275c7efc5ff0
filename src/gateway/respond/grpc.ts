/** A failure for gRPC clients: HTTP 200 with the status in the head, which gRPC calls a trailers-only response. */
import type { CauseStatus } from '../../causes/cause.ts'

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html: UNAVAILABLE invites the client to try again, the others do not. */
const GRPC_STATUSES: Readonly<Record<CauseStatus, number>> = {
  400: 13, // INTERNAL, as gRPC's own table of HTTP statuses says
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  405: 12,
  408: 4, // DEADLINE_EXCEEDED
  413: 8, // RESOURCE_EXHAUSTED
  414: 8,
  417: 13,
  421: 14, // UNAVAILABLE
  429: 14,
  431: 8,
  499: 1, // CANCELLED
  500: 13,
  501: 12,
  502: 14,
  503: 14,
  504: 4,
  505: 12,
}

const UNSENDABLE = /[^\x20-\x24\x26-\x7e]+/g

/** Fields, name and value in turn. `contentType` is the request's: gRPC-Web gets its own type back. */
export function grpcFields(status: CauseStatus, message: string, contentType: string): string[] {
  const isWeb = /^application\/grpc-web/i.test(contentType)
  return [
    'Content-Type',
    isWeb ? 'application/grpc-web+proto' : 'application/grpc',
    'Grpc-Status',
    String(GRPC_STATUSES[status]),
    'Grpc-Message',
    message.replace(UNSENDABLE, encodeBytes),
  ]
}

/** `%` and all bytes that are not printable ASCII, so says the gRPC protocol. */
function encodeBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').replace(/../g, '%$&').toUpperCase()
}
