/** A command or a setting, and a button that copies it. */
import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

const DONE_MS = 2_000

export function Command({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), DONE_MS)
  }
  return (
    <div class="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" onClick={copy} title="Copy">
        <Icon name={isCopied ? 'done' : 'copy'} />
        <span class="unseen">{isCopied ? 'Copied' : 'Copy'}</span>
      </button>
    </div>
  )
}
