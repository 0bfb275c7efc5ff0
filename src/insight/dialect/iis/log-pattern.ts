/** What IIS's sub-statuses, the codes of WinHTTP and the reasons of httperr.log mean. After Microsoft's manual. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function arr(code: string, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when: ({ flags, detail }) => flags === '502.3' && detail === code, cause, confidence, note: `${note} (502.3, ${code})` }
}

function called(flag: string, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when: ({ flags }) => flags === flag, cause, confidence, note: `${note} (${flag})` }
}

export const IIS_PATTERNS: readonly Pattern[] = [
  arr('12002', 'response-timeout', 0.95, 'the server did not answer in time'),
  arr('12029', 'connect-refused', 0.75, 'no connection to the server came about'),
  arr('12030', 'reset-before-response', 0.93, 'the server broke the connection off'),
  arr('12007', 'dns-nxdomain', 0.95, 'the name of the server was not found'),
  arr('12152', 'malformed-response', 0.95, 'what the server sent is not valid'),
  arr('12175', 'tls-handshake-failed', 0.85, 'TLS with the server failed, or its certificate is not valid'),
  called('502.4', 'no-healthy-upstream', 0.93, 'no server of the farm could be asked'),
  called('502.5', 'worker-crashed', 0.93, 'the process of the app did not start, or ended'),
  called('AppOffline', 'worker-crashed', 0.9, 'the app crashed so often that it was taken out of service'),
  called('Connection_Abandoned_By_ReqQueue', 'worker-crashed', 0.93, 'the worker process ended in the middle of the request'),
  called('QueueFull', 'overload-shed', 0.96, 'as many requests wait for the app as may'),
  called('Timer_AppPool', 'worker-pool-exhausted', 0.9, 'the app did not take the request out of its queue in time'),
  called('Timer_EntityBody', 'request-body-timeout', 0.95, 'the visitor did not send the body in time'),
  called('Timer_HeaderWait', 'request-header-timeout', 0.95, 'the visitor did not send the header in time'),
]
