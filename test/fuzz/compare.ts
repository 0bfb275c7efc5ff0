/** Two readings of one stream: what is accepted here must have been accepted by the oracle, with the same meaning. */
import { isDecided } from './decision.ts'
import type { Message, Reading } from './reading.ts'

/** The first thing in which the readings differ that nobody decided, or ''. */
export function difference(ours: Reading, theirs: Reading, stream: string): string {
  for (const [index, message] of ours.messages.entries()) {
    if (isDecided(message, stream)) return ''
    const oracle = theirs.messages[index]
    if (oracle === undefined) return `message ${index} is accepted here, and there it is ${theirs.fault || 'incomplete'}`
    const what = differenceOf(message, oracle, ours.fault)
    if (what !== '')
      return `message ${index} differs in its ${what} (here ${ours.fault || 'no fault'}, there ${theirs.fault || 'no fault'})`
  }
  return ''
}

function differenceOf(ours: Message, theirs: Message, fault: string): string {
  if (ours.method !== theirs.method) return 'method'
  if (ours.target !== theirs.target) return 'target'
  if (ours.status !== theirs.status) return 'status'
  if (ours.minor !== theirs.minor) return 'version'
  if (!isWithin(ours.fields, theirs.fields)) return 'fields'
  // This side may close where the other would not; the reverse would make two requests of what is one to others.
  if (ours.isKeepAlive && !theirs.isKeepAlive) return 'persistence'
  if (ours.isWhole !== theirs.isWhole && fault === '') return 'end'
  if (ours.isWhole && ours.body !== theirs.body) return 'body'
  if (!theirs.body.startsWith(ours.body)) return 'body so far'
  return isWithin(ours.trailers, theirs.trailers) ? '' : 'trailers'
}

/** Are the pairs of `some` among those of `all`, in the same order? Host comes first here, wherever it stood. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let at = 0
  for (let i = 0; i < some.length; i += 2) {
    if (some[i] === 'Host') continue
    while (at < all.length && (all[at] !== some[i] || all[at + 1] !== some[i + 1])) at += 2
    if (at >= all.length) return false
    at += 2
  }
  return true
}
