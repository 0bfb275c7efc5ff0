/** The reference of diagnosis: the rules, and the servers that are recognised. From their tables. */

import type { Rule } from '../src/insight/diagnosis/rule.ts'
import { STRENGTH } from '../src/insight/diagnosis/rule.ts'
import { DIAGNOSIS_RULES } from '../src/insight/diagnosis/rule-table.ts'
import type { Origin } from '../src/insight/dialect/origin.ts'
import { ORIGINS } from '../src/insight/dialect/origin-table.ts'
import { origin, type Page, table } from './page.ts'

export function diagnosisPage(): Page {
  const rules = table(['rule', 'of', 'looks at', 'speaks', 'odds'], DIAGNOSIS_RULES.map(ruleRow))
  const heads = ['server', 'keeps idle connections', 'ends requests', 'to keep idle connections longer']
  return {
    path: 'diagnosis.md',
    text: `# Diagnosis

${origin('src/insight/diagnosis/rule-table.ts and src/insight/dialect')}

After a failure Gatewell looks around, and these rules make a diagnosis of what it finds: a cause, how sure that is, what speaks for and
against it, and what to do. What the confidence means is in docs/decisions/0093-what-confidence-means.md.

## Rules

Each rule concerns some causes and looks at one thing. What it sees speaks for the cause that the gateway named, against it, or for
another one behind it, and multiplies the odds.

${rules}

## Servers

Recognised by what they say of themselves (Server, X-Powered-By, Via, their error pages) or by their process. Defaults of the version that
most people run.

${table(heads, Object.values(ORIGINS).map(originRow))}
`,
  }
}

function ruleRow({ name, causes, looksAt, speaks, strength }: Rule): string[] {
  const towards = speaks === 'own' ? 'for it' : speaks === 'against' ? 'against it' : `for \`${speaks}\``
  return [`\`${name}\``, causes.map((cause) => `\`${cause}\``).join(' '), looksAt, towards, `× ${STRENGTH[strength]}`]
}

function originRow({ name, keepAliveS, watchdogS, settings }: Origin): string[] {
  const seconds = (value: number | undefined): string => (value === undefined ? '' : `${value} s`)
  const keepIdle = settings['keep-idle']
  return [name, seconds(keepAliveS), seconds(watchdogS), keepIdle === undefined ? '' : `\`${keepIdle.replaceAll('\n', ' · ')}\``]
}
