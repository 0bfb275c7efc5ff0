/** How a reader sees from the bytes of a line that it is of a request that went well, without making a string of it. */

/**
 * `clf`: the status stands behind the quoted request, `"GET / HTTP/1.1" 200 `, of the common log format and those that grew from it.
 * `json`: it is the number, or the text, behind this key; only where the line has the key once, and the mark.
 * `own`: a form that no other server writes.
 */
export type QuickStatus =
  | { readonly kind: 'clf' }
  | { readonly kind: 'json'; readonly key: string; readonly mark?: string }
  | { readonly kind: 'own'; readonly create: () => QuickScan }

export interface QuickScan {
  /** Is the line from `start` to before `end` of a request that went well? */
  isWell(bytes: Buffer, start: number, end: number): boolean
  /** Call it when the bytes have changed. */
  renew(): void
  /** When that request was, to the minute, if it was found out; else NaN. */
  readonly minuteMs: number
}
