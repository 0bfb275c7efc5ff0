/** What no single value of `alerts` shows: channels of no kind or of two, names taken twice, rules that lead to no channel. */
import { CHANNEL_KINDS, nameChannels } from './compile-alerts.ts'
import { type Finding, type Path, valueAt, wrong } from './finding.ts'
import { quote } from './parsed.ts'
import { findSimilar } from './suggestion.ts'

/** What is of use only beside certain kinds. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  token: ['webhook', 'ntfy'],
  url: ['pagerduty'],
  smtp: ['email'],
  from: ['email'],
}

/** `root` is the configuration as it was written. */
export function checkAlerts(root: unknown): Finding[] {
  const channels = list(valueAt(root, ['alerts', 'channels']))
  const names = nameChannels(channels)
  const upstreams = Object.keys((valueAt(root, ['upstreams']) as object | undefined) ?? {})
  return [
    ...channels.flatMap((channel, i) => checkChannel(['alerts', 'channels', i], channel)),
    ...names.flatMap((name, i) => checkName(['alerts', 'channels', i], name, names.indexOf(name), i)),
    ...list(valueAt(root, ['alerts', 'rules'])).flatMap((rule, i) => [
      ...checkNames(['alerts', 'rules', i, 'to'], valueAt(rule, ['to']), names, 'channel'),
      ...checkNames(['alerts', 'rules', i, 'upstreams'], valueAt(rule, ['upstreams']), upstreams, 'upstream'),
    ]),
  ]
}

function checkChannel(path: Path, channel: unknown): Finding[] {
  if (typeof channel !== 'object' || channel === null) return []
  const keys = Object.entries(channel).flatMap(([key, value]) => (value === undefined ? [] : [key]))
  const kinds = CHANNEL_KINDS.filter((kind) => Object.hasOwn(channel, kind))
  // A key that was mistyped is reported as such.
  const isMistyped = keys.some((key) => ![...CHANNEL_KINDS, ...Object.keys(COMPANIONS), 'name'].includes(key))
  if (kinds.length === 0 && !isMistyped) return [wrong(path, `says nobody to tell. It needs one of ${CHANNEL_KINDS.join(', ')}.`)]
  if (kinds.length > 1) return [wrong(path, `is ${kinds.join(' and ')} in one. Make a channel of each.`)]
  return Object.entries(COMPANIONS).flatMap(([key, fitting]) =>
    !keys.includes(key) || isMistyped || fitting.some((kind) => kinds.some((one) => one === kind))
      ? []
      : [wrong([...path, key], `is of use only beside ${fitting.join(' or ')}.`, { at: 'key' })],
  )
}

function checkName(path: Path, name: string, first: number, index: number): Finding[] {
  if (first === index) return []
  return [wrong(path, `is called ${quote(name)}, and so is channels[${first}]. Give it another name.`)]
}

function checkNames(path: Path, written: unknown, names: readonly string[], what: string): Finding[] {
  return list(written).flatMap((name, i) => {
    if (typeof name !== 'string' || names.includes(name)) return []
    const suggestion = findSimilar(name, names)
    const known = names.length === 0 ? 'None is defined.' : `Defined are: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}.`
    const advice = suggestion === null ? ` ${known}` : ''
    return [wrong([...path, i], `there is no ${what} ${quote(name)}.${advice}`, { value: name, suggestion })]
  })
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
