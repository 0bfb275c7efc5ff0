/** `gatewell demo`: a small site with two endpoints, live traffic, and a switch for each fault: the point of it all in one minute. */

import { parseListen } from '../../config/address.ts'
import { ADMIN_LISTEN, LISTEN } from '../../config/defaults.ts'
import { override } from '../../config/override.ts'
import { certain } from '../../config/parsed.ts'
import type { Address, ListenerPlan, Plan } from '../../config/plan.ts'
import { Control, type Started } from '../../control/control.ts'
import { createLog } from '../../control/log.ts'
import { openListeningSocket } from '../../net/listening-socket.ts'
import type { Terminal } from '../terminal.ts'
import { readVersion } from '../version.ts'
import { Endpoint } from './endpoint.ts'
import { type Input, KeyReader } from './key-reader.ts'
import { demoPlan } from './plan.ts'
import { type Output, Screen } from './screen.ts'
import { Show } from './show.ts'
import { Tally } from './tally.ts'
import { Visitors } from './visitor.ts'

export type DemoOptions = {
  readonly listen?: readonly ListenerPlan[]
  readonly admin?: ListenerPlan | null
  /** Milliseconds until it ends by itself. */
  readonly for?: number
}

/** The keyboard and the screen. */
export type Seat = { readonly input: Input; readonly output: Output }

type Tcp = Extract<Address, { kind: 'tcp' }>

const VISITORS_PER_SECOND = 80
/** Where nobody sits who could press q. */
const UNATTENDED_MS = 10_000
const DRAW_MS = 250
const PRINT_S = 2

const ANY_PORT = '127.0.0.1:0'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The exit code. */
export async function runDemo(
  options: DemoOptions,
  terminal: Terminal,
  seat: Seat = { input: process.stdin, output: process.stdout },
): Promise<number> {
  const endpoints = [new Endpoint(1), new Endpoint(2)] as const
  const tally = new Tally()
  const ended = Promise.withResolvers<void>()
  for (const signal of SIGNALS) terminal.signals.on(signal, ended.resolve)
  let control: Control | null = null
  try {
    await Promise.all(endpoints.map((endpoint) => endpoint.start()))
    const plan = override(demoPlan(endpoints.map(({ url }) => url)), await placesOf(options))
    if (!plan.ok) return refuse(terminal, plan.message, 2)
    if (plan.value.listeners[0]?.address.kind !== 'tcp') return refuse(terminal, 'the demo listens on a port, not on a socket file.', 2)
    let show: Show | null = null
    control = createControl(plan.value, tally, (line) => show?.log(line))
    const started = await control.start()
    if (started.kind === 'failure') return refuse(terminal, started.error?.message ?? started.cause, 1)

    const address = started.listeners[0]?.address as Tcp
    const visitors = new Visitors({ address, perSecond: VISITORS_PER_SECOND, onSight: (sight) => tally.see(sight) })
    const scene = { endpoints, visitors, tally, siteUrl: urlOf(address) }
    const screen = new Screen(seat.output)
    show = new Show({ screen, scene, paint: terminal.paint, onQuit: ended.resolve })
    screen.print(introduction(scene.siteUrl, started, screen.isLive, terminal))
    void control.ended.then(ended.resolve)
    await perform({ options, seat, screen, tally, visitors, show, ended })
    return 0
  } finally {
    await control?.drain()
    await Promise.all(endpoints.map((endpoint) => endpoint.kill()))
    for (const signal of SIGNALS) terminal.signals.off(signal, ended.resolve)
  }
}

type Performance = {
  readonly options: DemoOptions
  readonly seat: Seat
  readonly screen: Screen
  readonly tally: Tally
  readonly visitors: Visitors
  readonly show: Show
  readonly ended: { readonly promise: Promise<void>; readonly resolve: () => void }
}

/** From the first visitor until somebody, or the time, ends it. */
async function perform({ options, seat, screen, tally, visitors, show, ended }: Performance): Promise<void> {
  const limitMs = options.for ?? (seat.input.isTTY ? null : UNATTENDED_MS)
  const limit = limitMs === null ? null : setTimeout(ended.resolve, limitMs)
  let seconds = 0
  const drawing = setInterval(() => show.draw(), DRAW_MS)
  const counting = setInterval(() => {
    tally.turn()
    seconds++
    if (!screen.isLive && seconds % PRINT_S === 0) show.printNumbers()
  }, 1_000)
  const keys = new KeyReader({ input: seat.input, onKey: (key) => show.press(key) })
  visitors.start()
  try {
    await ended.promise
  } finally {
    visitors.stop()
    clearInterval(drawing)
    clearInterval(counting)
    if (limit !== null) clearTimeout(limit)
    keys.close()
    await show.close()
    screen.close()
  }
}

function createControl(plan: Plan, tally: Tally, onLine: (line: string) => void): Control {
  return new Control({
    plan,
    reload: async () => ({ plan, problems: [] }),
    version: readVersion(),
    log: createLog({ isTerminal: false, isQuiet: true, destination: { write: onLine } }),
    onRecord: (record) => tally.note(record),
  })
}

/** The usual addresses where nobody has taken them, for a demo should not fail of what else runs on the machine. */
async function placesOf({ listen, admin }: DemoOptions): Promise<{ listeners: readonly ListenerPlan[]; admin: ListenerPlan | null }> {
  return {
    listeners: listen ?? [await freePlace(LISTEN)],
    admin: admin === undefined ? await freePlace(ADMIN_LISTEN) : admin,
  }
}

async function freePlace(usual: string): Promise<ListenerPlan> {
  const place = certain(parseListen(usual))
  const socket = await openListeningSocket(place.address)
  if (socket.kind === 'failure') return certain(parseListen(ANY_PORT))
  socket.close()
  return place
}

function introduction(siteUrl: string, { admin }: Started, isLive: boolean, { paint }: Terminal): string {
  return [
    paint.strong(`A site with two endpoints, ${VISITORS_PER_SECOND} requests a second, and Gatewell in between.`),
    '',
    `  open   ${paint.good(siteUrl)}   the site: who answers, and any error`,
    ...(admin?.kind === 'tcp' ? [`  look   ${urlOf(admin)}   the dashboard: what happens, and why`] : []),
    `  try    ${isLive ? `press ${paint.strong('1')}` : 'send 1'}: endpoint 1 is killed at work, and nobody notices`,
    ...(isLive ? [] : [`         or 2 s t e c p, as lines on standard input; q ends`]),
    '',
  ].join('\n')
}

function urlOf({ host, port }: Tcp): string {
  return `http://${host.includes(':') ? `[${host}]` : host || 'localhost'}:${port}/`
}

function refuse(terminal: Terminal, sentence: string, code: number): number {
  terminal.say(`gatewell: ${sentence}`)
  return code
}
