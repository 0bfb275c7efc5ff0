/** Goes with every test, and hands what its clients saw to the reporters. */
import { afterEach } from 'vitest'
import { type Seen, takeSeen } from '../support/witness.ts'

declare module 'vitest' {
  interface TaskMeta {
    seen?: Seen
  }
}

afterEach(({ task }) => {
  const seen = takeSeen()
  if (seen.requests > 0) task.meta.seen = seen
})
