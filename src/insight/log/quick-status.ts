/** How a reader sees from the bytes of a line that it is of a request that went well, without making a string of it. */

/**
 * `clf`: the status stands behind the quoted request, `"GET / HTTP/1.1" 200 `, of the common log format and those that grew from it.
 * `envoy`: so, and behind it `-` says that nothing is to be noted. `haproxy`: behind the timers, and four characters say how it ended.
 * `alb`: it is the ninth word. `json`: it is the number, or the text, behind this key, which a line has once.
 */
export type QuickStatus = { readonly kind: 'clf' | 'envoy' | 'haproxy' | 'alb' } | { readonly kind: 'json'; readonly key: string }
