/** IIS with ARR, after Microsoft's manuals of the statuses, of WinHTTP's codes and of httperr.log. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function w3c(cause: KnownCauseId | null, status: number, sub: number, win32: number): Line {
  return [cause, `2026-11-22 10:00:00 10.0.0.4 GET /cart id=7 443 - 203.0.113.9 Mozilla/5.0+(X11) - ${status} ${sub} ${win32} 15093`]
}

function httpErr(cause: KnownCauseId | null, status: string, reason: string, stream = ''): Line {
  return [cause, `2026-11-22 10:00:00 203.0.113.9 50123 10.0.0.4 443 HTTP/1.1 GET /cart ${stream}${status} 1 ${reason} DefaultAppPool`]
}

export const TROUPE = byHand('iis', "After Microsoft's manuals.", {
  iis: [
    [null, '#Software: Microsoft Internet Information Services 10.0'],
    [
      null,
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
    ],
    w3c('response-timeout', 502, 3, 12002),
    w3c('connect-refused', 502, 3, 12029),
    w3c('reset-before-response', 502, 3, 12030),
    w3c('dns-nxdomain', 502, 3, 12007),
    w3c('malformed-response', 502, 3, 12152),
    w3c('tls-handshake-failed', 502, 3, 12175),
    w3c('no-healthy-upstream', 502, 4, 0),
    w3c('worker-crashed', 502, 5, 0),
    w3c(null, 502, 3, 0),
    w3c(null, 200, 0, 0),
  ],
  'iis-httperr': [
    httpErr('worker-crashed', '503', 'AppOffline'),
    httpErr('overload-shed', '503', 'QueueFull', '- '),
    httpErr('worker-crashed', '-', 'Connection_Abandoned_By_ReqQueue'),
    httpErr('worker-pool-exhausted', '-', 'Timer_AppPool'),
    httpErr('request-body-timeout', '-', 'Timer_EntityBody'),
    httpErr('request-header-timeout', '-', 'Timer_HeaderWait'),
    [null, '2026-11-22 10:00:00 203.0.113.9 50123 10.0.0.4 443 - - - - - Timer_ConnectionIdle -'],
    httpErr(null, '400', 'BadRequest'),
  ],
})
