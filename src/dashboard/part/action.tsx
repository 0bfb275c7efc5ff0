/** A button for something that changes the gateway. It asks first. */
import { useState } from 'preact/hooks'
import { Confirm, type ConfirmProps } from './confirm.tsx'

type ActionProps = Omit<ConfirmProps, 'onClose'> & {
  readonly name: string
  /** For who does not see what it stands beside. */
  readonly about: string
}

export function Action({ name, about, ...confirm }: ActionProps) {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        {name}
        <span class="unseen"> {about}</span>
      </button>
      {isAsking && <Confirm {...confirm} onClose={() => setAsking(false)} />}
    </>
  )
}
