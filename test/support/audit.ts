/** What axe finds on a page: WCAG 2.2 A and AA and best practice. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** A line for each thing that somebody could not use. `only`: these rules. `without`: not these. */
export async function audit(
  page: Page,
  { only = LEVELS, without = [] }: { only?: readonly string[]; without?: readonly string[] } = {},
): Promise<readonly string[]> {
  if (await page.evaluate("typeof globalThis.axe === 'undefined'")) await page.evaluate(axe.source)
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]))
  const { violations } = await page.evaluate((options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options), {
    runOnly: [...only],
    rules,
    resultTypes: ['violations' as const],
  })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
}
