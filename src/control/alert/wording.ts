/** The words of a message, the same on every channel: plain text, cut and cleaned; how it is escaped is the business of each form. */
import { CAUSES } from '../../causes/catalogue.ts'
import type { Remedy } from '../../causes/cause.ts'
import { findingText, spanText } from '../../insight/diagnosis/wording.ts'
import { talliesOf } from '../incident/headline.ts'
import type { Incident } from '../incident/incident.ts'
import { type AlertMessage, linkOf, type Notice } from './alert-message.ts'
import { cut, plain } from './plain-text.ts'

export type Paragraph = { readonly label: string; readonly text: string }

export type Story = {
  readonly title: string
  readonly paragraphs: readonly Paragraph[]
  /** To be run or set, ready to paste: the first remedy's. */
  readonly command: string | null
  /** What tells more at a terminal. */
  readonly why: string
  readonly link: string | null
}

export type Wording = {
  /** One short line. */
  readonly subject: string
  readonly stories: readonly Story[]
  /** What else there is to say, a sentence each. */
  readonly notes: readonly string[]
}

const SUBJECT_MAX = 120
const TITLE_MAX = 150
const TEXT_MAX = 400
const COMMAND_MAX = 300
const STORIES_MAX = 5
const EVIDENCE_MAX = 3

export function wordingOf(message: AlertMessage): Wording {
  const { notices, delay, gateway } = message
  if (notices.length === 0) return { subject: `Test message of ${plain(gateway, 64)}`, stories: [], notes: [TEST] }
  const isAlone = notices.length === 1
  const stories = notices.slice(0, STORIES_MAX).map((notice) => storyOf(notice, message, isAlone))
  const more = notices.length - stories.length
  const notes = [more > 0 ? `${more} more: gatewell incidents lists them all.` : '', delay ?? ''].filter((note) => note !== '')
  return { subject: cut(isAlone ? stories[0]!.title : subjectOf(notices), SUBJECT_MAX), stories, notes }
}

const TEST = 'Alerts reach this channel. Nothing is wrong: somebody has asked for this message with gatewell alerts test.'

/** `2 incidents: shop is down, blog fails for some visitors` */
function subjectOf(notices: readonly Notice[]): string {
  const states = [...new Set(notices.map(stateOf))]
  return plain(`${notices.length} incidents: ${states.join(', ')}`, SUBJECT_MAX)
}

function storyOf(notice: Notice, { base, timeZone, at }: AlertMessage, isAlone: boolean): Story {
  const { incident, kind } = notice
  const { diagnosis, cause } = incident
  const remedies: readonly Remedy[] = diagnosis?.remedies ?? CAUSES[cause].remedies
  const [remedy] = remedies
  const told = (label: string, text: string): Paragraph[] => (text === '' ? [] : [{ label, text: plain(text, TEXT_MAX) }])
  const isOver = incident.state === 'closed'
  const advice = isOver && kind === 'resolved' ? '' : remedyText(remedy)
  return {
    title: plain(`${stateOf(notice)}: ${CAUSES[diagnosis?.cause ?? cause].title}`, TITLE_MAX),
    paragraphs: [
      ...told('Visitors', `${talliesOf(incident)}${statusesOf(incident)}.`),
      ...told('Since', sinceOf(incident, timeZone, at)),
      ...told('Why', diagnosis === null ? CAUSES[cause].meaning : `${diagnosis.summary}${sureness(diagnosis.confidence)}`),
      ...(isAlone && !isOver ? evidenceOf(incident).flatMap((text) => told('Evidence', text)) : []),
      ...told('To do', advice),
    ],
    command: advice === '' || remedy?.command === undefined ? null : cut(remedy.command.replace(/\r/g, ''), COMMAND_MAX),
    why: `gatewell why ${incident.id}`,
    link: linkOf(base, incident.id),
  }
}

/** `shop is down` */
function stateOf({ kind, incident, severity }: Notice): string {
  const who = incident.upstream === '' ? 'The gateway' : incident.upstream
  if (incident.state === 'closed') {
    const span = spanText(incident.lastSeen - incident.firstSeen)
    return kind === 'resolved' ? `${who} is well again` : `${who} failed for ${span} and is well again`
  }
  const state = severity === 'critical' ? 'is down' : 'fails for some visitors'
  if (kind === 'reminder') return `${who} still ${state}`
  return kind === 'worse' ? `${who} has got worse and ${state}` : `${who} ${state}`
}

/** ` (502: 12, 504: 3)` */
function statusesOf({ statuses }: Incident): string {
  const counts = Object.entries(statuses).sort(([, one], [, other]) => other - one)
  return counts.length === 0 ? '' : ` (${counts.map(([status, count]) => `${status}: ${count}`).join(', ')})`
}

function sinceOf(incident: Incident, timeZone: string | null, now: number): string {
  const { firstSeen, lastSeen, lastGood, state } = incident
  const moment = (ms: number): string => momentOf(ms, timeZone, now)
  if (state === 'closed') return `${moment(firstSeen)} until ${moment(lastSeen)}, ${spanText(lastSeen - firstSeen)} in all.`
  return `${moment(firstSeen)}.${lastGood === null ? '' : ` The last good answer before it: ${moment(lastGood)}.`}`
}

function momentOf(ms: number, timeZone: string | null, now: number): string {
  const isLongAgo = now - ms > 12 * 3_600_000
  return new Intl.DateTimeFormat('en-GB', {
    ...(isLongAgo && { day: 'numeric', month: 'short' }),
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
    ...(timeZone !== null && { timeZone }),
  }).format(ms)
}

function sureness(confidence: number): string {
  return confidence >= 0.9 ? '' : ` (${Math.round(confidence * 100)} % sure)`
}

/** `the machine answered that nothing listens there: ECONNREFUSED` */
function evidenceOf({ diagnosis }: Incident): string[] {
  return (diagnosis?.evidence ?? []).slice(0, EVIDENCE_MAX).map((finding) => findingText({ ...finding, value: shortened(finding.value) }))
}

/** What a server wrote may be long. */
function shortened(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' ? plain(value, 120) : value
}

function remedyText(remedy: Remedy | undefined): string {
  if (remedy === undefined) return ''
  return remedy.when === '' ? remedy.do : `${remedy.do} (${remedy.when})`
}
