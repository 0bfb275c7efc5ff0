/** What the clients of a test saw, for docs/reference/demands.md: told by those who offer load, taken by `test/setup/seen.ts`. */

export type Seen = { requests: number; answered: number }

let seen: Seen = { requests: 0, answered: 0 }

/** `answered`: well and to the end. */
export function saw(requests: number, answered: number): void {
  seen.requests += requests
  seen.answered += answered
}

export function takeSeen(): Seen {
  const taken = seen
  seen = { requests: 0, answered: 0 }
  return taken
}
