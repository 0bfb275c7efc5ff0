/**
 * Golden files: what an operator is told about each kind of mistake, word by word. A case is a title, a configuration and what is printed.
 * `UPDATE=1 npx vitest run test/config/problem.test.ts` writes anew what is printed; read the difference before you keep it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planOf } from '../../src/config/load.ts'
import { renderProblem } from '../../src/config/problem.ts'

const FOLDER = join(import.meta.dirname, 'problem')
const ENVIRONMENT = { PORT: '3000', WORKERS: '2', EMPTY: '', WORD: 'many', TOKEN: 'abc123', GATEWELL_TOKEN: 'hunter2' }
const CASE = /^=== (.+)\n([\s\S]*?)^---\n([\s\S]*?)(?=^=== |$(?![\s\S]))/gm

function print(text: string): string {
  const { plan, problems } = planOf(text, {
    file: join(FOLDER, 'gatewell.yaml'),
    environment: ENVIRONMENT,
    instance: 'test',
    parallelism: 2,
  })
  expect(plan === null, 'no plan exactly where there is an error').toBe(problems.some(({ severity }) => severity === 'error'))
  const lines = problems.map((problem) => renderProblem({ ...problem, file: 'gatewell.yaml' }))
  return lines.length === 0 ? 'fine\n' : `${lines.join('\n')}\n`
}

/** Characters that do not survive in a text file are written as \xNN and \t. */
function withEscapes(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).replaceAll('\\t', '\t')
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.golden'))) {
  describe(file.replace('.golden', ''), () => {
    const golden = readFileSync(join(FOLDER, file), 'utf8')
    const cases = [...golden.matchAll(CASE)].map(([, title = '', input = '', expected = '']) => ({ title, input, expected }))
    if (process.env.UPDATE === '1') {
      const written = cases.map(({ title, input }) => `=== ${title}\n${input}---\n${print(withEscapes(input))}\n`)
      test('is written anew', () => writeFileSync(join(FOLDER, file), written.join('')))
      return
    }
    test.each(cases)('$title', ({ input, expected }) => {
      expect(`${print(withEscapes(input))}\n`).toBe(expected)
    })
  })
}
