/** What the demo shows and hears while it runs: keys in, sentences and live numbers out. */
import type { Paint } from '../../config/problem.ts'
import { wrap } from '../wrap.ts'
import type { Endpoint } from './endpoint.ts'
import type { FaultName } from './fault.ts'
import type { Screen } from './screen.ts'
import { LIMIT_MS, type Pressed, type Scene, SWITCHES } from './switch.ts'

const COLUMNS_MAX = 110
const INDENT = '     '
/** Until the gateway has told what the first requests met with, and some more have come. */
const MOMENT_MS = 1_000
const FAULTS: Readonly<Record<FaultName, string>> = { slow: 'slow', truncate: 'truncating', busy: 'answering 503', close: 'closing early' }

export type ShowOptions = {
  readonly screen: Screen
  readonly scene: Scene
  readonly paint: Paint
  readonly onQuit: () => void
}

export class Show {
  readonly #options: ShowOptions
  readonly #beganAt = performance.now()
  #turn: Promise<unknown> = Promise.resolve()
  /** What the last press did, until it is told what came of it. */
  #pressed: Pressed | null = null
  /** When what came of it began to show. */
  #shownAt = Number.POSITIVE_INFINITY
  #hasLogged = false

  constructor(options: ShowOptions) {
    this.#options = options
  }

  /** One after the other, whatever each takes. */
  press(key: string): void {
    this.#turn = this.#turn.then(() => this.#press(key)).catch((error: Error) => this.#print(error.message, '   ! '))
  }

  /** A line of the gateway's own log. Failures come in crowds; the first since the last press stands for them. */
  log(line: string): void {
    const { msg, cause } = JSON.parse(line) as { msg: string; cause?: string }
    if (cause !== undefined && this.#hasLogged) return
    if (cause !== undefined) this.#hasLogged = true
    this.#print(msg.replace('gatewell why ', 'gatewell\u00a0why\u00a0'), '     the log says: ')
  }

  /** To be called a few times a second: tells what came of the last press as soon as that shows, and draws the live lines. */
  draw(): void {
    if (this.#isSettled()) this.#settle()
    const { screen, scene, paint } = this.#options
    const { tally } = scene
    const { perSecond, slowestMs } = tally.second
    const keys = [
      `${paint.strong('1')} ${paint.strong('2')} stop/start`,
      ...SWITCHES.slice(2).map(({ key, name }) => `${paint.strong(key)} ${name}`),
    ]
    const counts = [
      paint.strong(`${perSecond} requests/s`),
      `answered ${number(tally.answered)}`,
      `rescued ${paint.good(number(tally.rescued))}`,
      (tally.failed === 0 ? paint.good : paint.bad)(`failed ${number(tally.failed)}`),
      `slowest ${Math.round(slowestMs)} ms`,
    ]
    screen.show([
      '',
      `  ${counts.join('   ')}`,
      ...scene.endpoints.map((endpoint) => `  ${this.#describe(endpoint, paint)}`),
      `  ${[...keys, `${paint.strong('q')} quit`].join('  ')}`,
    ])
  }

  /** The same in one line, for where nothing can be drawn. */
  printNumbers(): void {
    const { screen, scene } = this.#options
    const { tally } = scene
    const endpoints = scene.endpoints.map((endpoint) => `endpoint ${endpoint.ordinal} ${this.#rateOf(endpoint)}/s ${stateOf(endpoint)}`)
    const counts = `answered ${tally.answered}, rescued ${tally.rescued}, failed ${tally.failed}`
    screen.print(`${String(this.#seconds).padStart(4)} s  ${tally.second.perSecond} requests/s, ${counts}; ${endpoints.join(', ')}`)
  }

  /** Tells what is still to be told, and the sum of it all. */
  async close(): Promise<void> {
    await this.#turn
    this.#settle()
    this.#options.screen.show([])
    const { answered, failed, rescued } = this.#options.scene.tally
    const errors = failed === 0 ? '0 errors' : `${number(failed)} ${failed === 1 ? 'error' : 'errors'}`
    const thanks = rescued === 0 ? '' : ` ${number(rescued)} of them needed a second attempt, which nobody saw.`
    this.#print(`In ${this.#seconds} s visitors got ${number(answered)} answers and ${errors}.${thanks}`, '')
  }

  async #press(key: string): Promise<void> {
    if (key === 'q') return this.#options.onQuit()
    const found = SWITCHES.find((one) => one.key === key)
    if (found === undefined) return this.#print(`There is no switch ${JSON.stringify(key)}.`, '   ? ')
    this.#settle()
    this.#hasLogged = false
    this.#options.scene.tally.begin()
    const pressed = await found.press(this.#options.scene)
    this.#print(pressed.did, `  ${key}  `)
    this.#pressed = pressed
    this.draw()
  }

  #isSettled(): boolean {
    if (this.#pressed === null) return false
    const { episode } = this.#options.scene.tally
    const { isShowing } = this.#pressed
    const now = performance.now()
    if (isShowing?.(episode)) this.#shownAt = Math.min(this.#shownAt, now)
    const since = isShowing === undefined ? episode.beganAt : this.#shownAt
    return now >= since + MOMENT_MS || now >= episode.beganAt + LIMIT_MS
  }

  #settle(): void {
    if (this.#pressed !== null) this.#print(this.#pressed.outcome(this.#options.scene.tally.episode), INDENT)
    this.#pressed = null
    this.#shownAt = Number.POSITIVE_INFINITY
  }

  #describe(endpoint: Endpoint, paint: Paint): string {
    const state = stateOf(endpoint)
    const colour = !endpoint.isRunning ? paint.bad : state === 'serving' ? paint.good : paint.doubtful
    const rate = `${this.#rateOf(endpoint)}/s`.padStart(6)
    return `endpoint ${endpoint.ordinal}  ${colour(state.padEnd(22))}${rate}   ${paint.faint(endpoint.url)}`
  }

  #rateOf({ ordinal }: Endpoint): number {
    return this.#options.scene.tally.second.byEndpoint[ordinal] ?? 0
  }

  get #seconds(): number {
    return Math.round((performance.now() - this.#beganAt) / 1_000)
  }

  #print(text: string, first: string): void {
    const { screen } = this.#options
    screen.print(wrap(text, Math.min(screen.columns, COLUMNS_MAX), first === '' ? '' : INDENT, first).replaceAll('\u00a0', ' '))
  }
}

function stateOf({ isRunning, faults }: Endpoint): string {
  if (!isRunning) return 'stopped'
  const names = (Object.keys(FAULTS) as FaultName[]).filter((fault) => faults[fault]).map((fault) => FAULTS[fault])
  return names.length === 0 ? 'serving' : names.join(', ')
}

function number(value: number): string {
  return value.toLocaleString('en')
}
