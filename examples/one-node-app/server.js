/** A small app as one writes it every day. Nothing in it knows of Gatewell. */
import { createServer } from 'node:http'

const port = Number(process.env.PORT ?? 3000)

createServer((request, response) => {
  response.setHeader('Content-Type', 'text/plain')
  response.end(`Hello ${request.headers['x-forwarded-for']}, this is the app.\n`)
}).listen(port, '127.0.0.1', () => console.log(`the app listens on port ${port}`))
