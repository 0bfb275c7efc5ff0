/** What Node says when a connection cannot be made → the cause. No request byte was sent, so all of these are safe to try again. */
import type { CauseId } from '../causes/catalogue.ts'
import { type Failure, failure } from '../causes/failure.ts'

export function connectFailure(
  error: NodeJS.ErrnoException,
  isUnixSocket: boolean,
  facts: Readonly<Record<string, string | number | boolean>>,
): Failure {
  const code = error.code ?? ''
  return failure(causeOf(code, isUnixSocket), 'connect', 'safe', { ...facts, code, syscall: error.syscall }, error)
}

function causeOf(code: string, isUnixSocket: boolean): CauseId {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'connect-refused'
    case 'ETIMEDOUT':
      return 'connect-timeout'
    case 'EACCES':
    case 'EPERM':
      return isUnixSocket ? 'socket-permission' : 'firewall-blocked'
    case 'ENOENT':
    case 'ENOTDIR':
      return 'socket-missing'
    // Linux says this when the listen queue of a unix socket is full; over TCP the handshake just goes unanswered.
    case 'EAGAIN':
      return 'backlog-overflow'
    case 'EADDRNOTAVAIL':
      return 'port-exhaustion'
    case 'EMFILE':
    case 'ENFILE':
      return 'fd-exhaustion'
    case 'ENOBUFS':
    case 'ENOMEM':
      return 'local-resource-exhausted'
    default:
      return 'connect-unreachable'
  }
}
