/** A program for tests: keeps record after record in the file it is told, and says how many are acknowledged, until it is killed. */
import { Outbox } from '../../../src/control/store/outbox.ts'
import { RETENTION } from '../../../src/control/store/store.ts'
import { StoreThread } from '../../../src/control/store/store-thread.ts'
import { failed } from '../incident/record.ts'
import { incident } from './store-suite.ts'

const [, , place = '', first = '0'] = process.argv
const store = new StoreThread({ settings: { place, ...RETENTION }, onNotice: (text) => console.error(text) })
const fail = (): never => process.exit(3)
const outbox = new Outbox({ store, onTrouble: fail, onRelief: fail })

for (let number = Number(first); ; ) {
  for (let i = 0; i < 5; i++) outbox.add(failed('connect-refused', { id: `k-${number++}` }), 'i-1')
  outbox.put(incident('i-1', { failures: number }))
  await outbox.flush()
  process.stdout.write(`${number}\n`)
}
