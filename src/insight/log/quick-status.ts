/** How a reader sees from the bytes of a line that it is of a request that went well, without making a string of it. */

/**
 * `clf`: the status stands behind the quoted request, `"GET / HTTP/1.1" 200 `, of the common log format and those that grew from it.
 * `json`: it is the number, or the text, behind this key; only where the line has the key once, and the mark.
 */
export type QuickStatus = { readonly kind: 'clf' } | { readonly kind: 'json'; readonly key: string; readonly mark?: string }
