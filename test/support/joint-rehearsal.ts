/** Several faults at the same time against one gateway, each at a site and an upstream of its own, and what is diagnosed of each. */
import type { CauseId } from '../../src/causes/catalogue.ts'
import type { Plan } from '../../src/config/plan.ts'
import { Investigator } from '../../src/control/fact/investigator.ts'
import type { FailureRecord } from '../../src/gateway/observe/record.ts'
import { NO_SWITCHES, type Switches } from '../../src/gateway/switches.ts'
import type { Diagnosis } from '../../src/insight/diagnosis/diagnosis.ts'
import type { Rehearsed, Scene } from '../../src/insight/fault/fault.ts'
import { ask, GET } from '../../src/insight/fault/fault.ts'
import { FAULTS } from '../../src/insight/fault/fault-table.ts'
import { planOf } from '../../src/insight/fault/rehearsal-plan.ts'
import { Stage } from '../../src/insight/fault/stage.ts'
import { ThrowAwayGateway } from '../../src/insight/fault/throw-away.ts'
import { systemClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'

const LIMIT_MS = 5_000

type Part = { readonly id: CauseId; readonly name: string; readonly host: string; readonly stage: Stage; readonly scene: Scene }

export type Joint = { readonly diagnoses: ReadonlyMap<CauseId, Diagnosis>; readonly records: readonly FailureRecord[] }

export type JointOptions = {
  /** They end the gateway or take all it has, so that they come after the others. */
  readonly last: ReadonlySet<CauseId>
  /** What they leave names no site: one of them at a time. */
  readonly faceless: ReadonlySet<CauseId>
}

export async function diagnoseTogether(ids: readonly CauseId[], options: JointOptions): Promise<Joint> {
  const { last } = options
  const parts: Part[] = []
  const wheel = new Wheel({ clock: systemClock, tickMs: 5 })
  let gateway: ThrowAwayGateway | null = null
  try {
    for (const [index, id] of ids.entries()) {
      const host = `site-${index}.test`
      const stage = new Stage(host)
      parts.push({ id, host, name: `upstream-${index}`, stage, scene: await FAULTS[id].stage(stage) })
    }
    const plan = jointPlan(parts)
    const wrapper = ids.map((id) => FAULTS[id].confinement?.wrapper()).find((one) => one !== undefined) ?? null
    gateway = await ThrowAwayGateway.start(plan, wrapper)
    const investigator = new Investigator({ clock: systemClock, wheel, plan: () => plan, pids: () => [process.pid], folder: '/' })
    await Promise.all(parts.filter(({ id }) => !last.has(id)).map((part) => act(part, gateway as ThrowAwayGateway)))
    for (const part of parts.filter(({ id }) => last.has(id))) await act(part, gateway)
    const { records } = gateway
    await gateway.failed(LIMIT_MS, () => parts.every((part) => firstOf(part, options, records) !== undefined))
    investigator.see(records)
    const diagnoses = await Promise.all(
      parts.map(async (part) => {
        const record = firstOf(part, options, records)
        if (record === undefined)
          throw new Error(`${part.id} left no record among ${records.map(({ host, cause }) => `${host} ${cause}`).join(', ')}`)
        return [part.id, await investigator.diagnose({ record, related: [] })] as const
      }),
    )
    return { diagnoses: new Map(diagnoses), records: [...records] }
  } finally {
    gateway?.close()
    for (const { stage } of parts) await stage.close()
    wheel.close()
  }
}

/** The first failure at its site, or the first at none. */
function firstOf({ id, host }: Part, { faceless }: JointOptions, records: readonly FailureRecord[]): FailureRecord | undefined {
  return records.find((record) => (faceless.has(id) ? !/^site-\d\.test$/.test(record.host) : record.host === host))
}

async function act({ scene, stage, name }: Part, gateway: ThrowAwayGateway): Promise<void> {
  const own: Rehearsed = {
    address: gateway.address,
    drain: (graceMs) => gateway.drain(graceMs),
    reportBug: () => gateway.reportBug(),
    operate: (switches) => operate(gateway, switches, name),
  }
  await (scene.act?.(own) ?? ask(stage, own, GET))
}

const inForce = new WeakMap<ThrowAwayGateway, Switches>()

/** Switches are told all together: those of other parts stay, and these are for this part alone. */
function operate(gateway: ThrowAwayGateway, switches: Switches, name: string): void {
  const former = inForce.get(gateway) ?? NO_SWITCHES
  const all = {
    drained: [...former.drained, ...switches.drained.map((one) => ({ ...one, upstream: name }))],
    paused: [...former.paused, ...switches.paused.map(() => name)],
    maintenance: [...former.maintenance, ...switches.maintenance.map((one) => ({ ...one, upstream: name }))],
  }
  inForce.set(gateway, all)
  gateway.operate(all)
}

function jointPlan(parts: readonly Part[]): Plan {
  const plans = parts.map(({ scene }) => planOf(scene.setup))
  const confined = parts.find(({ id }) => FAULTS[id].confinement !== undefined)?.scene.setup.listeners ?? []
  const others = parts.flatMap(({ id, scene }) => (FAULTS[id].confinement === undefined ? (scene.setup.listeners ?? []) : []))
  const [base] = plans as [Plan, ...Plan[]]
  const main = confined.length > 0 ? [] : planOf({}).listeners
  const named = planOf({ listeners: [...confined, ...others] }).listeners
  const limits = Object.assign({}, base.limits, ...parts.map(({ scene }) => scene.setup.limits ?? {}), {
    bodyBytesMax: base.limits.bodyBytesMax,
  })
  return {
    ...base,
    listeners: confined.length > 0 ? named : [...main, ...named.filter(() => others.length > 0)],
    limits,
    resolver: plans.find((_, index) => parts[index]?.scene.setup.resolver !== undefined)?.resolver ?? base.resolver,
    upstreams: plans.map(({ upstreams: [upstream] }, index) => ({
      ...(upstream as Plan['upstreams'][number]),
      name: parts[index]?.name as string,
    })),
    routes: plans.map(({ routes: [route] }, index) => {
      const { host, name, scene } = parts[index] as Part
      const to = scene.setup.route?.to ?? ({ kind: 'upstream', upstream: name } as const)
      return { ...(route as Plan['routes'][number]), name, to, host: scene.setup.route?.host ?? host }
    }),
  }
}
