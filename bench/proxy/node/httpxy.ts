/** httpxy as its README shows it, with a keep-alive agent. */
import { createServer } from 'node:http'
import { createProxyServer } from 'httpxy'
import { agent, listen, target } from './setting.ts'

const proxy = createProxyServer({ target, agent })

listen(
  createServer((request, response) => {
    proxy.web(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(502)
      response.end(error.message)
    })
  }),
)
