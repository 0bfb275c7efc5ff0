/** The moments of an exchange, as indexes into its `marks` (monotonic milliseconds, 0 when it has not come to that). */

export const Mark = {
  /** The first byte of the request's head was read. */
  begin: 0,
  /** The request's head was complete and valid. */
  head: 1,
  /** The last attempt began: an endpoint was picked. */
  pick: 2,
  /** The last attempt had its connection, new or reused. */
  connected: 3,
  /** The last attempt had written the request, or as much of it as there was. */
  sent: 4,
  /** The head of the answer was read. */
  answer: 5,
  /** The last byte of the answer was handed to the client's socket. */
  end: 6,
} as const

export const MARKS = 7
