/** What a view asks the gateway for when it opens and whenever `key` changes. What was known stays until the next is there. */
import { useEffect, useState } from 'preact/hooks'
import type { Reply } from '../api.ts'

export function useAsked<T>(key: string, ask: () => Promise<Reply<T>>): Reply<T> | null {
  const [reply, setReply] = useState<Reply<T> | null>(null)
  useEffect(() => {
    let isWanted = true
    void ask().then((one) => {
      if (isWanted) setReply(one)
    })
    return () => {
      isWanted = false
    }
  }, [key])
  return reply
}
