/** An incident in one line, for logs and lists. */
import { CAUSES } from '../../causes/catalogue.ts'
import type { Incident, IncidentEvent } from './incident.ts'
import { moneyText } from './worth.ts'

/** Null where there is nothing to say that has not been said. */
export function headlineOf({ kind, incident }: IncidentEvent): string | null {
  const { id, cause, upstream } = incident
  const what = `${CAUSES[cause].title}${upstream === '' ? '' : `, at ${upstream}`}`
  const more = `[gatewell why ${id}]`
  switch (kind) {
    case 'opened':
      return `Incident ${id} begins: ${what}. ${incident.failures === 0 ? unseenOf(incident) : 'Visitors see errors.'}  ${more}`
    case 'reopened':
      return `Incident ${id} is back: ${what}.  ${more}`
    case 'closed':
      return `Incident ${id} is over: ${what}. ${talliesOf(incident)}.  ${more}`
    case 'changed':
      return null
  }
}

/** `12 requests of 3 visitors failed, worth about 38.40 EUR, 40 were rescued`. */
export function talliesOf({ failures, visitors, crawlers, rescued, worth }: Incident): string {
  const who = [visitors > 0 ? counted(visitors, 'visitor') : '', crawlers > 0 ? 'crawlers' : ''].filter((text) => text !== '')
  const failed =
    failures === 0
      ? 'No request failed'
      : `${counted(failures, 'request')}${who.length > 0 ? ` of ${who.join(' and ')}` : ''} failed${worth !== null && worth.amount > 0 ? `, worth ${moneyText(worth)}` : ''}`
  return rescued === 0 ? failed : `${failed}, ${rescued} ${rescued === 1 ? 'was' : 'were'} rescued`
}

function unseenOf({ rescued }: Incident): string {
  return rescued > 0 ? 'Retries rescue the requests, so far nobody sees an error.' : 'No request has failed of it so far.'
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
