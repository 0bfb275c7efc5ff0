/** Assistants at the admin address: `/mcp`, streamable HTTP. Stateless: each request that the guard let in gets a server of its own. */
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { Audit } from './audit.ts'
import { invoke } from './invoke.ts'
import { createMcpServer, type RunOperation } from './mcp-server.ts'
import { done } from './operation.ts'
import type { Operable } from './operation-table.ts'

/** A log file may be part of what is asked. */
const BODY_BYTES_MAX = 9 * 1024 * 1024

export type McpRequestOptions = {
  readonly gateway: Operable
  readonly version: string
  readonly mayChange: boolean
  readonly audit: Audit
  /** Where the request came from. */
  readonly address: string
}

export function answerMcp(request: Request, { gateway, version, mayChange, audit, address }: McpRequestOptions): Promise<Response> {
  const run: RunOperation = (name, operation, input, client) => {
    const peer = { address, via: 'mcp', client } as const
    return invoke({ gateway, name, operation, input: done(input), peer, audit })
  }
  const handler = createMcpHandler(() => createMcpServer({ version, mayChange, run }), { maxRequestBodySize: BODY_BYTES_MAX })
  return handler.fetch(request)
}
