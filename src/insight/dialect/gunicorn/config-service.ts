/** What gunicorn serves: where it listens, how long a worker may work on a request, how long it keeps a connection. */
import type { Directive, Place } from '../directive.ts'
import { defaultOf, type Listen, readSetting, readTarget, rowOf, type Service, type Setting } from '../hop.ts'
import { readCount } from '../quantity.ts'

export type GunicornService = Service & {
  readonly server: 'gunicorn'
  readonly settings: ReadonlyMap<string, Directive>
  /** Its options stand on a command line, where no line is a setting. */
  readonly isCommand: boolean
  /** `sync` works on one request at a time and closes each connection. null: not known before it runs. */
  readonly workerClass: string | null
}

const BIND = '127.0.0.1:8000'
const DEFAULT_CLASS = 'sync'

export function surveyGunicorn(directives: readonly Directive[], start: Place, isCommand: boolean): GunicornService {
  const settings = new Map(directives.map((directive) => [directive.name, directive]))
  const bind = settings.get('bind')
  const binds = bind === undefined ? [{ text: BIND, place: start }] : bind.words
  const workerClass = classOf(settings)
  const keepsNone = workerClass === 'sync' || settings.get('keepalive')?.words[0]?.text === '0'
  return {
    server: 'gunicorn',
    name: 'gunicorn',
    protocol: settings.has('certfile') ? 'https' : 'http',
    place: bind?.place ?? start,
    listens: binds.flatMap(({ text, place }): Listen[] => {
      const target = readTarget(text.replace(/^(?:tcp|unix):\/\/(?=[^/])/, ''), place, 8000)
      return target === null ? [] : [{ target, isTls: settings.has('certfile'), isProxyProtocol: settings.has('proxy_protocol') }]
    }),
    offer: keepsNone || workerClass === null ? null : settingOf({ settings, start, isCommand }, 'offer', 'keepalive'),
    work: workOf({ settings, start, isCommand }),
    body: null,
    hops: [],
    settings,
    isCommand,
    workerClass,
  }
}

type Given = { readonly settings: ReadonlyMap<string, Directive>; readonly start: Place; readonly isCommand: boolean }

/** More than one thread makes a sync worker a gthread one. */
function classOf(settings: ReadonlyMap<string, Directive>): string | null {
  const line = settings.get('worker_class')
  const name = line === undefined ? DEFAULT_CLASS : (line.words[0]?.text ?? null)
  const threads = settings.get('threads')
  if (name !== 'sync' || threads === undefined) return name
  const count = readCount(threads.words[0]?.text ?? '')
  return count === null ? null : count > 1 ? 'gthread' : 'sync'
}

/** 0 switches the watchdog off. */
function workOf(given: Given): Setting | null {
  const work = settingOf(given, 'work', 'timeout')
  return work?.value === 0 ? { ...work, value: Number.POSITIVE_INFINITY } : work
}

/** null where it is set to something that is not known before it runs. */
function settingOf({ settings, start, isCommand }: Given, role: 'offer' | 'work', name: string): Setting | null {
  const own = rowOf('gunicorn', role)
  const row = isCommand
    ? { ...own, write: `gunicorn … ${own.write.replace('keepalive', 'keep-alive').replace(/^(\S+) = /, '--$1 ')}` }
    : own
  const line = settings.get(name)
  return line === undefined ? defaultOf(row, start) : readSetting(row, line)
}
