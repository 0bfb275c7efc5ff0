/** Asks before something is changed, and tells what came of it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { notify } from './notice.tsx'

export type ConfirmProps = {
  readonly title: string
  /** What will be different. */
  readonly children: ComponentChildren
  /** What the button says that does it. */
  readonly deed: string
  readonly act: (form: FormData) => Promise<Reply<{ readonly changes: readonly string[] }>>
  readonly onClose: () => void
}

export function Confirm({ title, children, deed, act, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isActing, setActing] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    setActing(true)
    const reply = await act(new FormData(event.currentTarget as HTMLFormElement))
    dialog.current?.close()
    if (!reply.ok) notify(reply.error, false)
    else
      notify(
        reply.value.changes.length === 0
          ? 'Nothing had to be changed.'
          : reply.value.changes.map((change) => change.replace(/\.?$/, '.')).join(' '),
        true,
      )
  }
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="confirm-title">
      <form onSubmit={submit}>
        <h2 id="confirm-title">{title}</h2>
        {children}
        <p class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="main" disabled={isActing}>
            {deed}
          </button>
        </p>
      </form>
    </dialog>
  )
}
