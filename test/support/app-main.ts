/** A small app in a process of its own: `app-main.ts PORT [SERVICE_MS]`. On SIGTERM it finishes what it has, as a well-made one does. */
import { createServer } from 'node:http'

const [port, serviceMs = '5'] = process.argv.slice(2)

const server = createServer((request, response) => {
  request.resume()
  setTimeout(() => response.writeHead(200, { 'content-type': 'text/plain' }).end(`app on ${port}\n`), Number(serviceMs))
})
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`port ${typeof address === 'object' ? address?.port : ''}\n`)
})
process.on('SIGTERM', () => {
  server.close(() => process.exit())
  setInterval(() => server.closeIdleConnections(), 10)
})
