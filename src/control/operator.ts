/** What an operator asks of the running gateway, done: the operations of the admin address, between control and the switchboard. */
import { quote } from '../config/parsed.ts'
import type { Plan } from '../config/plan.ts'
import type { Switches } from '../gateway/switches.ts'
import type { Clock } from '../std/clock.ts'
import type { AlertState, AlertTestInput, AlertTestReport } from './admin/alert-state.ts'
import type { Configuration } from './admin/configuration.ts'
import { done, type Result, refused } from './admin/operation.ts'
import type {
  DrainInput,
  DrainReport,
  IdInput,
  IncidentsInput,
  MaintenanceInput,
  Operable,
  PauseInput,
  ReloadReport,
  RequestsInput,
  ResumeInput,
  SwitchReport,
  UpgradeReport,
} from './admin/operation-table.ts'
import type { Status } from './admin/status.ts'
import type { Incident } from './incident/incident.ts'
import type { IncidentStory, RequestStory } from './incident/story.ts'
import type { Logger } from './log.ts'
import type { Oversight } from './oversight.ts'
import type { FoundRecord } from './store/store.ts'
import { SwitchFile } from './switch-file.ts'
import type { Subjects } from './switch-subject.ts'
import { Switchboard } from './switchboard.ts'

/** The control process, as far as it is operated. */
export interface Operated {
  readonly plan: Plan
  readonly configuration: Configuration
  status(): Promise<Omit<Status, 'isDrained' | 'switches'>>
  reload(): Promise<Result<ReloadReport>>
  upgrade(): Promise<Result<UpgradeReport>>
  operate(switches: Switches): void
  readonly oversight: Oversight
}

const UNKNOWN_REQUEST =
  'Kept are requests that failed here; of those that clients had themselves to blame for, and of those that were rescued, only some.'

const CHOOSE_ONE = 'Ask for the requests of a cause, of an upstream or of an incident, one at a time.'

export class Operator implements Operable {
  readonly #control: Operated
  readonly #switchboard: Switchboard
  /** The whole gateway is to say that it is not ready. Not kept: who starts it again wants it to serve. */
  #isDrained = false

  /** `folder`: where switches are kept, or null where they are not. */
  constructor(options: { control: Operated; folder: string | null; clock: Clock; log: Logger }) {
    const { control, folder, clock, log } = options
    this.#control = control
    this.#switchboard = new Switchboard({
      file: folder === null ? null : new SwitchFile(folder),
      clock,
      onChange: (switches) => control.operate(switches),
      onNotice: (text) => log.error(text),
    })
    for (const sentence of this.#switchboard.describe()) log.warn(sentence)
  }

  get isDrained(): boolean {
    return this.#isDrained
  }

  get switches(): Switches {
    return this.#switchboard.switches
  }

  async status(): Promise<Status> {
    return { ...(await this.#control.status()), isDrained: this.#isDrained, switches: this.#switchboard.state }
  }

  reload(): Promise<Result<ReloadReport>> {
    return this.#control.reload()
  }

  upgrade(): Promise<Result<UpgradeReport>> {
    return this.#control.upgrade()
  }

  async drain({ endpoint, upstream }: DrainInput): Promise<Result<DrainReport>> {
    if (endpoint === undefined && upstream !== undefined) return refused(400, 'Name the endpoint of the upstream that is to be drained.')
    if (endpoint === undefined) {
      const changes = this.#setDrained(true, 'The gateway says that it is not ready (/readyz), and serves on until it is stopped.')
      return done({ ...this.#report(changes), endpoints: [] })
    }
    const drained = this.#switchboard.drain({ endpoint, upstream }, await this.#subjects())
    return drained.ok ? done({ ...this.#report(drained.value.changes), endpoints: drained.value.endpoints }) : drained
  }

  async resume({ what, upstream }: ResumeInput): Promise<Result<SwitchReport>> {
    if (what !== undefined) return this.#tell(this.#switchboard.resume({ what, upstream }, await this.#subjects()))
    return this.#tell(done(this.#setDrained(false, 'The gateway is ready again, as far as its upstreams are.')))
  }

  async pause({ upstream }: PauseInput): Promise<Result<SwitchReport>> {
    return this.#tell(this.#switchboard.pause(upstream, await this.#subjects()))
  }

  async maintain(input: MaintenanceInput): Promise<Result<SwitchReport>> {
    return this.#tell(this.#switchboard.maintain(input, await this.#subjects()))
  }

  incidents(input: IncidentsInput): Promise<readonly Incident[]> {
    return this.#control.oversight.chronicle.incidents(input)
  }

  async incident({ id }: IdInput): Promise<Result<IncidentStory>> {
    const story = await this.#control.oversight.chronicle.incident(id)
    return story === null
      ? refused(404, `There is no incident ${quote(id)}; \`gatewell incidents --all\` lists those that are kept.`)
      : done(story)
  }

  async request({ id }: IdInput): Promise<Result<RequestStory>> {
    const story = await this.#control.oversight.chronicle.request(id)
    return story === null ? refused(404, `No request ${quote(id)} is known. ${UNKNOWN_REQUEST}`) : done(story)
  }

  async requests(input: RequestsInput): Promise<Result<readonly FoundRecord[]>> {
    const { cause, upstream, incident } = input
    // No index serves two of them, and the store is not to be searched row by row.
    if ([cause, upstream, incident].filter((one) => one !== undefined).length > 1) return refused(400, CHOOSE_ONE)
    return done(await this.#control.oversight.chronicle.requests(input))
  }

  async config(): Promise<Configuration> {
    return this.#control.configuration
  }

  async alerts(): Promise<AlertState> {
    const { channels, isQuiet } = this.#control.oversight.alerts
    return { channels, isQuiet }
  }

  async testAlerts({ channel }: AlertTestInput): Promise<Result<AlertTestReport>> {
    const channels = await this.#control.oversight.alerts.test(channel ?? null)
    if (channels === null) return refused(404, `There is no channel ${quote(channel)}; \`gatewell alerts\` lists them.`)
    return done({
      channels: channels.map(({ name, kind, where, isDelivered, says, ms }) => ({ name, kind, where, isDelivered, says, ms })),
    })
  }

  #setDrained(isDrained: boolean, change: string): readonly string[] {
    const changes = this.#isDrained === isDrained ? [] : [change]
    this.#isDrained = isDrained
    return changes
  }

  #tell(changes: Result<readonly string[]>): Result<SwitchReport> {
    return changes.ok ? done(this.#report(changes.value)) : changes
  }

  #report(changes: readonly string[]): SwitchReport {
    return { changes, isDrained: this.#isDrained, switches: this.#switchboard.state }
  }

  /** What is configured, and what its names resolve to. */
  async #subjects(): Promise<Subjects> {
    const { plan } = this.#control
    const { upstreams } = await this.#control.status()
    const found = new Map(upstreams.map(({ name, endpoints }) => [name, endpoints.map(({ address }) => address)]))
    return {
      upstreams: plan.upstreams.map(({ name, endpoints }) => ({
        name,
        endpoints: [...new Set([...endpoints.map(({ url }) => url), ...(found.get(name) ?? [])])],
      })),
      routes: plan.routes.map(({ name }) => name),
    }
  }
}
