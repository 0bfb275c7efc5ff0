/** What Node's buffers can do beyond their published types: the encoders that `toString` and `write` call after looking the encoding up. */

declare global {
  interface Buffer {
    latin1Slice(start?: number, end?: number): string
    latin1Write(text: string, offset?: number, length?: number): number
  }
}

export {}
