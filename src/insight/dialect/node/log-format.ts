/** What Node prints when it ends on an error. What an app logs has whatever form its author gave it. */
import type { LogFormat } from '../../log/format.ts'
import { cut } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'

const WORDS = /^(?:FATAL ERROR: .*JavaScript heap out of memory|Error: listen E[A-Z]+: |Node\.js v\d+\.\d+\.\d+$)/
const MORE = /^(?:----- |\s|Emitted '|\}|Node\.js v\d+\.\d+\.\d+$|$)/
const MESSAGE_MAX = 2_000

function isLast(line: string): boolean {
  return WORDS.test((line.split('\n', 1)[0] as string).slice(0, 400))
}

function parse(line: string): LogEntry | null {
  return isLast(line) ? { dialect: 'node', kind: 'error', timeMs: Number.NaN, message: cut(line, MESSAGE_MAX) } : null
}

export const NODE_FORMATS: readonly LogFormat[] = [
  {
    name: 'node',
    title: 'last words of Node',
    dialect: 'node',
    kind: 'error',
    specificity: 2,
    parse,
    continues: (line, head) => isLast(head) && !head.includes('Node.js v') && MORE.test(line),
  },
]
