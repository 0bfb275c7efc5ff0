/** Who made the error that a record tells of: by what the gateway kept of the answer. Its page was read when it came, and is not kept. */

import type { Evidence } from '../../causes/failure.ts'
import { isKnownCause } from '../../causes/foreign-catalogue.ts'
import type { Finding } from '../diagnosis/diagnosis.ts'
import { spanText } from '../diagnosis/wording.ts'
import { ORIGINS } from '../dialect/origin-table.ts'
import { isOwnError, type Speaker, speakerOf } from './speaker.ts'

/** `evidence`: its fields go by their names with underscores. Null also where there was no error of a server. */
export function recordedSpeaker(evidence: readonly Evidence[]): Speaker | null {
  const values = new Map(evidence.map(({ name, value }) => [name, `${value}`]))
  const text = (name: string): string => values.get(name) ?? ''
  if (!(Number(text('status')) >= 500)) return null
  const fields = new Map([...values].map(([name, value]) => [name.replaceAll('_', '-'), value]))
  const maker = text('page_of')
  const cause = text('page_says')
  const page = maker === '' ? null : { maker, cause: isKnownCause(cause) ? cause : null, version: text('page_version') }
  // The length of a page that was read tells no more than its words.
  const bodyBytes = text('body_bytes') === '0' ? 0 : undefined
  return speakerOf({ status: Number(text('status')), fields, bodyBytes }, page)
}

/** The hop that made the error itself, as a finding: none where it was the app. */
export function saidFindings(speaker: Speaker | null): Finding[] {
  if (speaker === null || !isOwnError(speaker)) return []
  const { name, version } = speaker
  return [{ name: 'said_by', value: version === null ? name : `${name} ${version}`, says: 'this hop made the error itself' }]
}

/** The hops that it came through, the one nearest to Gatewell first, and the time that they say it took inside. */
export function hopFindings(speaker: Speaker | null): Finding[] {
  if (speaker === null) return []
  const { hops, timings } = speaker
  const names = hops.map(({ server, name }) => (server === null ? name : ORIGINS[server].name))
  const times = timings.flatMap(({ name, ms }) => (ms === null || ms === 0 ? [] : [`${name} ${spanText(ms)}`]))
  return [
    ...(names.length < 2 ? [] : [{ name: 'hops', value: names.join(' ← '), says: 'through these hops it came, as far as they tell' }]),
    ...(times.length === 0 ? [] : [{ name: 'timings', value: times.join(', '), says: 'so long it took inside, says Server-Timing' }]),
  ]
}
