/** A small shop without a thought for its restarts: it ends in the middle of whatever it does. */
import { createServer } from 'node:http'

const port = Number(process.env.PORT ?? 3000)

createServer((_, response) => {
  // A page of a real shop takes its time.
  setTimeout(() => response.end(`served by port ${port}, process ${process.pid}\n`), 30)
}).listen(port, '127.0.0.1', () => console.log(`the shop listens on port ${port}`))
