/** Faults of the gateway itself: its configuration, and its end. */
import { CONCURRENCY, HOLD } from '../../config/defaults.ts'
import { NO_SWITCHES } from '../../gateway/switches.ts'
import { afterHead, interrupted, served } from './exchange-fault.ts'
import { ask, type Fault, GET } from './fault.ts'
import { GOOD_ANSWER } from './origin.ts'
import { UPSTREAM_NAME, urlOf } from './rehearsal-plan.ts'

export const GATEWAY_FAULTS = {
  'no-endpoints': {
    describe: 'The upstream has no endpoints.',
    stage: () => ({ setup: { endpoints: [] } }),
  },
  'no-healthy-upstream': {
    describe: 'An operator has drained the only endpoint of the upstream.',
    stage: async (stage) => {
      const { setup } = await served(
        stage,
        afterHead((connection) => connection.send(GOOD_ANSWER)),
      )
      const drained = (setup.endpoints ?? []).map((address) => ({ upstream: UPSTREAM_NAME, endpoint: urlOf(address) }))
      return {
        setup,
        act: (gateway) => {
          gateway.operate({ ...NO_SWITCHES, drained })
          return ask(stage, gateway, GET)
        },
      }
    },
  },
  'overload-shed': {
    describe: 'The server works on as many requests as the upstream may have at a time, and none may wait.',
    stage: async (stage) => {
      const arrived = Promise.withResolvers<void>()
      const concurrency = { ...CONCURRENCY, kind: 'fixed', limitMax: 1, queueMax: 0 } as const
      const { setup } = await served(
        stage,
        afterHead(() => arrived.resolve()),
        { upstream: { concurrency } },
      )
      return {
        setup,
        act: async (gateway) => {
          ;(await stage.visitor(gateway)).send(GET)
          await arrived.promise
          return ask(stage, gateway, GET)
        },
      }
    },
  },
  'proxy-loop': {
    describe: 'The endpoint is the gateway itself.',
    stage: (stage) => {
      const self = { kind: 'unix', path: stage.path('gateway') } as const
      return { setup: { endpoints: [self], listeners: [self] } }
    },
  },
  'gateway-config': {
    describe: 'The route leads to an upstream that the plan does not have.',
    stage: () => ({ setup: { route: { to: { kind: 'upstream', upstream: 'forgotten' } } } }),
  },
  'maintenance-mode': {
    describe: 'An operator has switched maintenance on.',
    stage: async (stage) => {
      const { setup } = await served(
        stage,
        afterHead((connection) => connection.send(GOOD_ANSWER)),
      )
      const everything = { upstream: null, route: null, message: '', allow: [], retryAfterMs: 60_000 }
      return {
        setup,
        act: (gateway) => {
          gateway.operate({ ...NO_SWITCHES, maintenance: [everything] })
          return ask(stage, gateway, GET)
        },
      }
    },
  },
  'upstream-paused': {
    describe: 'An operator has paused the upstream for longer than the request may wait.',
    stage: async (stage) => {
      const hold = { ...HOLD, idempotentMs: 50 }
      const { setup } = await served(
        stage,
        afterHead((connection) => connection.send(GOOD_ANSWER)),
        { upstream: { hold } },
      )
      return {
        setup,
        act: (gateway) => {
          gateway.operate({ ...NO_SWITCHES, paused: [UPSTREAM_NAME] })
          return ask(stage, gateway, GET)
        },
      }
    },
  },
  'gateway-draining': {
    describe: 'The gateway is stopped while a request is in flight, and the request takes longer than it is given.',
    stage: (stage) =>
      interrupted(stage, (gateway, visitor) => {
        gateway.drain(50)
        return visitor.reply()
      }),
  },
  'gateway-internal': {
    describe: 'Something in the gateway throws while a request is in flight.',
    stage: (stage) =>
      interrupted(stage, (gateway, visitor) => {
        gateway.reportBug()
        return visitor.reply()
      }),
  },
  'route-not-found': {
    describe: 'The only route is for another host.',
    stage: (stage) =>
      served(
        stage,
        afterHead((connection) => connection.send(GOOD_ANSWER)),
        { route: { host: 'other.test' } },
      ),
  },
} as const satisfies Record<string, Fault>
