/** What a tool is doing, or what came of it. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Reply } from '../api.ts'

export type Work<T> = { readonly state: 'idle' | 'busy' } | { readonly state: 'done'; readonly reply: Reply<T> }

/** Runs one thing at a time; a later one replaces what is shown. */
export function useWork<T>(): [Work<T>, (ask: () => Promise<Reply<T>>) => void] {
  const [work, setWork] = useState<Work<T>>({ state: 'idle' })
  const run = (ask: () => Promise<Reply<T>>): void => {
    setWork({ state: 'busy' })
    void ask().then((reply) => setWork({ state: 'done', reply }))
  }
  return [work, run]
}

type ToolResultProps<T> = { readonly work: Work<T>; readonly children: (value: T) => ComponentChildren }

export function ToolResult<T>({ work, children }: ToolResultProps<T>) {
  return (
    <div class="result" aria-live="polite" aria-busy={work.state === 'busy'}>
      {work.state === 'busy' && <p class="quiet">Looking…</p>}
      {work.state === 'done' && (work.reply.ok ? children(work.reply.value) : <p class="refusal">{work.reply.error}</p>)}
    </div>
  )
}
