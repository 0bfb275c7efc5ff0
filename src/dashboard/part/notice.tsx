/** What came of something that was done, said for some seconds. */
import { signal } from '@preact/signals'

const SHOWN_MS = 8_000

const notice = signal<{ readonly text: string; readonly isGood: boolean } | null>(null)
let timer = 0

export function notify(text: string, isGood: boolean): void {
  clearTimeout(timer)
  notice.value = { text, isGood }
  timer = window.setTimeout(() => {
    notice.value = null
  }, SHOWN_MS)
}

export function Notice() {
  const shown = notice.value
  return (
    <div class="notice" role="status">
      {shown !== null && <p class={shown.isGood ? 'good' : 'bad'}>{shown.text}</p>}
    </div>
  )
}
