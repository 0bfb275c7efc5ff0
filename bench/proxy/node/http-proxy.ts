/** http-proxy as its README shows it, with a keep-alive agent. */
import { createServer, ServerResponse } from 'node:http'
import httpProxy from 'http-proxy'
import { agent, listen, target } from './setting.ts'

const proxy = httpProxy.createProxyServer({ target, agent })

proxy.on('error', (error, _request, response) => {
  if (response instanceof ServerResponse && !response.headersSent) response.writeHead(502)
  response.end(error.message)
})

listen(createServer((request, response) => proxy.web(request, response)))
