/** `GET /api/events`: what happens, as it happens, for pages that show it. */
import type { Hono } from 'hono'
import type { EventHub } from './event-hub.ts'

const AGAIN_S = '10'

export function addEventRoute(app: Hono, hub: EventHub): void {
  app.get('/api/events', (c) => {
    const stream = hub.open(c.req.header('last-event-id') ?? '')
    if (stream === null) return c.json({ error: 'Too many look on already. Close a page that shows it.' }, 503, { 'retry-after': AGAIN_S })
    return c.body(stream.body, 200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
  })
}
