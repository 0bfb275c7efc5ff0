/** What a parser made of a stream of bytes, in a form in which two parsers can be compared. Text is latin1, one character a byte. */

export type Message = {
  /** '' for an answer. */
  readonly method: string
  /** As it stands on the request line. */
  readonly target: string
  /** 0 for a request. */
  readonly status: number
  readonly minor: number
  /** Names and values in turn. */
  readonly fields: string[]
  body: string
  trailers: string[]
  isKeepAlive: boolean
  isUpgrade: boolean
  /** The whole message came, its body and trailers included. */
  isWhole: boolean
}

export type Reading = {
  readonly messages: Message[]
  /** Why nothing behind the last message was read: a rule that the stream breaks, or '' when it only ended. */
  fault: string
}

/** What an answer was to. */
export type Asked = { readonly method: string; readonly isUpgrade: boolean }

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
