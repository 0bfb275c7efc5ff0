/** What someone in front of a browser can do about a cause: little, but not nothing. For the doctor, and for the page of each cause. */
import { CAUSES, type CauseId } from '../causes/catalogue.ts'
import type { KnownCauseId } from '../causes/foreign-catalogue.ts'
import { isSiteSituation, SITUATIONS } from '../gateway/respond/situation.ts'
import { ENGLISH } from '../gateway/respond/wording/en.ts'

const NOT_YOU = 'It is not you: the trouble is on the side of the site. Your device and your internet connection are working.'
const LATER = 'Try again in a few minutes. If it lasts, tell the owner of the site, and when it was.'
const MAY_BE_YOU =
  'It may be you, or your network: see whether other sites open, and try this one over another network, such as that of your phone.'
const SPELLING = 'See that the name is spelled right. If it is, the owner has to mend it.'
const NO_CLICK =
  'It is not you. Do not click the warning away where you would type a password: from outside nobody can tell a forgotten certificate from an attack.'
const COOKIES =
  'Delete the cookies of this site and try again: sometimes one of them sends you round. If that does not help, it is not you.'
const LOOK_FIRST = 'If you had sent a form or an order, look whether it arrived before you send it again.'

/** Where it may be the visitor after all, and what each family of causes means for him. */
const FAMILIES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^dns-nxdomain$/, [SPELLING]],
  [/^dns-/, [MAY_BE_YOU, 'Or choose another name server in the settings of your network, such as 1.1.1.1 or 9.9.9.9.']],
  [/^(?:connect-unreachable|firewall-blocked)$/, [MAY_BE_YOU, LATER]],
  [/^tls-(?:cert|hostname|untrusted)/, [NO_CLICK, 'If every site warns, set the clock of your device.']],
  [/^tls-client-cert/, ['It is not for everybody: the site wants a certificate that its owner has to give you.']],
  [/^redirect-loop$/, [COOKIES, LATER]],
  [/^client-closed$/, ['Nothing: it was you who left, or the network on your way broke.']],
]

/** The request may have been carried out though no answer came. */
const AMBIGUOUS = /^(?:keepalive-race|reset-|closed-|truncated-|response-timeout|idle-timeout|deadline|worker-|script-)/

export function visitorAdvice(cause: KnownCauseId): readonly string[] {
  const family = FAMILIES.find(([pattern]) => pattern.test(cause))?.[1]
  if (family !== undefined) return family
  const situation = isOwn(cause) ? SITUATIONS[cause as keyof typeof SITUATIONS] : undefined
  // What he can change himself, the error page tells him already.
  if (situation !== undefined && !isSiteSituation(situation)) return [ENGLISH.situations[situation].message]
  return [NOT_YOU, ...(AMBIGUOUS.test(cause) ? [LOOK_FIRST] : []), LATER]
}

function isOwn(cause: KnownCauseId): cause is CauseId {
  return Object.hasOwn(CAUSES, cause)
}
