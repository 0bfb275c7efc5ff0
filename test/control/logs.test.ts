/** Reading logs over the API: within bounds, and refused in words where it makes no sense. */
import { expect, test } from 'vitest'
import { LogReportSchema, readLogTexts } from '../../src/control/admin/log-report.ts'
import { OPERATIONS } from '../../src/control/admin/operation-table.ts'
import { access, nginx, REFUSED } from '../log/made.ts'

const files = [
  { path: 'access.log', text: `${access(11, 502)}\n${access(12, 503)}\nnothing\n` },
  { path: 'error.log', text: `${nginx(11, REFUSED)}\n` },
]

test('texts become a report of the form that the documents promise', async () => {
  const answer = await readLogTexts({ files })
  if (!answer.ok) throw new Error(answer.error)
  expect(LogReportSchema.strict().parse(answer.value)).toEqual(answer.value)
  expect(answer.value).toMatchObject({ errors: 2, causes: [{ cause: 'connect-refused', count: 1 }], unattributed: { count: 1 } })
})

test('what makes no sense is refused', async () => {
  expect(await readLogTexts({ files, format: 'apache' })).toMatchObject({ ok: false, status: 400 })
  expect(await readLogTexts({ files, since: 'lately' })).toMatchObject({ ok: false, status: 400 })
  expect(OPERATIONS.logs.input.safeParse({ files: [] }).success).toBe(false)
  expect(OPERATIONS.logs.bodyBytesMax).toBe(8 * 1024 * 1024)
})
