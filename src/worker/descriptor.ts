/** Which descriptors control gives a worker: 0 to 2 are the standard ones, 3 is the channel, then these. */

/** Control's own standard error. The worker's is a pipe to control, for its last words, and leads nowhere once control is dead. */
export const LOG_DESCRIPTOR = 4
/** The listening sockets. */
export const FIRST_SOCKET_DESCRIPTOR = 5
