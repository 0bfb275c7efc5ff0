/** A program for tests: runs the control process on the plan in its first argument, as the command line does. */
import { readFileSync } from 'node:fs'
import type { Plan } from '../../src/config/plan.ts'
import { Control } from '../../src/control/control.ts'
import { createLog } from '../../src/control/log.ts'
import { handleSignals } from '../../src/control/signal.ts'

const path = process.argv[2] as string
const log = createLog()
const read = (): Plan => JSON.parse(readFileSync(path, 'utf8'))
const control = new Control({ plan: read(), reload: async () => ({ plan: read(), problems: [] }), version: '1.2.3', log })
const started = await control.start()
if (started.kind === 'failure') throw started.error
handleSignals({ control, log })
console.error(JSON.stringify(started))
