/** What a pool of PHP-FPM tells of itself on its status page (`pm.status_path`), asked as JSON. */
import type { PhpFact } from '../../insight/diagnosis/diagnosis.ts'

const TEXT_MAX = 16 * 1024
const NAME_MAX = 40

/** Null: it does not tell. A pool whose workers are all busy does not either, unless it has a `pm.status_listen` of its own. */
export async function askPhp(url: string, signal: AbortSignal): Promise<PhpFact | null> {
  const response = await fetch(`${url}?json`, { signal, redirect: 'error' })
  const text = response.ok ? await response.text() : ''
  return text === '' || text.length > TEXT_MAX ? null : phpFactOf(JSON.parse(text))
}

function phpFactOf(page: Readonly<Record<string, unknown>>): PhpFact | null {
  const count = (name: string): number => (typeof page[name] === 'number' ? page[name] : 0)
  const text = (name: string): string => (typeof page[name] === 'string' ? page[name].slice(0, NAME_MAX) : '')
  if (typeof page['active processes'] !== 'number') return null
  return {
    pool: text('pool'),
    manager: text('process manager'),
    active: count('active processes'),
    idle: count('idle processes'),
    queued: count('listen queue'),
    maxReached: count('max children reached'),
    slow: count('slow requests'),
  }
}
