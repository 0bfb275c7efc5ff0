/** What is known of each cause, as the API says it. */
import { expect, test } from 'vitest'
import { OPERATIONS } from '../../src/control/admin/operation-table.ts'
import { GUIDED_CAUSES } from '../../src/insight/cause-guide.ts'

const { input, output, run } = OPERATIONS.cause

test.for(GUIDED_CAUSES)('%s', async (id) => {
  const result = await run(null as never, input.parse({ id }))
  if (!result.ok) throw new Error(result.error)
  expect(output.parse(result.value)).toEqual(result.value)
  expect(result.value.visitor).not.toEqual([])
  for (const { do: deed, commands } of result.value.checks) {
    expect(deed).toMatch(/^[A-Z].*\.$/)
    expect(deed).not.toContain('SERVER')
    expect(commands).not.toEqual([])
  }
})

test('a cause that there is not is refused', () => {
  expect(input.safeParse({ id: 'bad-luck' }).success).toBe(false)
})
