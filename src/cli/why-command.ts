/** `gatewell why`: explains a cause, or the causes of a status; one request, or one incident, of a running gateway. */
import { CAUSE_IDS } from '../causes/catalogue.ts'
import { quote } from '../config/parsed.ts'
import { findSimilar } from '../config/suggestion.ts'
import { GUIDED_CAUSES } from '../insight/cause-guide.ts'
import { causeStory, findCauses } from '../insight/cause-library.ts'
import type { AdminClient, Refusal } from './admin-client.ts'
import { renderCause, renderCauses } from './cause-page.ts'
import { connect, explainRefusal, type OperateOptions } from './operate.ts'
import { renderIncident } from './story-incident.ts'
import { renderRequest } from './story-request.ts'
import type { Terminal } from './terminal.ts'

const INCIDENT_ID = /^i-[0-9a-z]{6,12}$/
/** Ids of requests have digits in them. */
const WORDS = /^[a-z-]+$/i
const UNKNOWN = 404
const UNREACHABLE = 0

export async function explainWhy(word: string | undefined, options: OperateOptions, terminal: Terminal): Promise<number> {
  const ids = word === undefined ? CAUSE_IDS : findCauses(word.toLowerCase())
  if (word === undefined || ids.length > 0) return explainCauses(word, options, terminal)
  const similar = findSimilar(word, GUIDED_CAUSES)
  if (WORDS.test(word) && !INCIDENT_ID.test(word)) {
    const hint = similar === null ? '`gatewell why` lists all causes.' : `Did you mean "${similar}"?`
    terminal.say(`gatewell: there is no cause ${quote(word)}. ${hint}`)
    return 2
  }
  const client = connect(options, terminal)
  return typeof client === 'number' ? client : tellStory(client, word, options, terminal)
}

function explainCauses(word: string | undefined, { json }: OperateOptions, { print, say, paint, columns }: Terminal): number {
  const ids = word === undefined ? CAUSE_IDS : findCauses(word.toLowerCase())
  const only = ids.length === 1 && word !== undefined ? ids[0] : undefined
  if (json) print(JSON.stringify(only === undefined ? ids.map(causeStory) : causeStory(only), null, 2))
  else print(only === undefined ? renderCauses(ids, paint) : renderCause(only, paint, columns))
  if (only === undefined && !json) say('\n`gatewell why CAUSE` explains one.')
  return 0
}

/** A proxy in front may have chosen a request's id that looks like an incident's. */
async function tellStory(client: AdminClient, id: string, options: OperateOptions, terminal: Terminal): Promise<number> {
  const { print, paint, columns } = terminal
  const page = { paint, columns, now: Date.now() }
  const incident = INCIDENT_ID.test(id) ? await client.read('incident', { id }) : null
  if (incident?.ok) {
    print(options.json ? JSON.stringify(incident.value, null, 2) : renderIncident({ story: incident.value, ...page }))
    return 0
  }
  const request = incident === null || incident.status === UNKNOWN ? await client.read('request', { id }) : incident
  if (!request.ok) return explainRefusal(incident?.status === UNKNOWN ? incident : inContext(request, id), options, terminal)
  print(options.json ? JSON.stringify(request.value, null, 2) : renderRequest({ story: request.value, ...page }))
  return 0
}

function inContext(refusal: Refusal, id: string): Refusal {
  if (refusal.status !== UNREACHABLE) return refusal
  return {
    ...refusal,
    error: `${quote(id)} is no cause, and to look for a request or an incident takes the running gateway. ${refusal.error}`,
  }
}
