/** `gatewell mcp`: the operations for an AI assistant that has started this program, on standard input and output, until that ends. */
import type { McpServer } from '@modelcontextprotocol/server'
import type { McpSource } from '../control/admin/mcp-server.ts'
import { type AnyOperation, postedBytesMax, type Refused, type Result } from '../control/admin/operation.ts'
import type { Operable, OperationName } from '../control/admin/operation-table.ts'
import type { AdminClient } from './admin-client.ts'
import { connect, type OperateOptions } from './operate.ts'
import type { Terminal } from './terminal.ts'
import { readVersion } from './version.ts'

export type AssistantOptions = OperateOptions & { readonly allowChanges?: true; readonly files?: readonly string[] }

export async function serveAssistant(options: AssistantOptions, terminal: Terminal): Promise<number> {
  const client = connect(options, terminal, `gatewell-mcp/${readVersion()}`)
  if (typeof client === 'number') return client
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio')
  const { addFileTools } = await import('./mcp-file.ts')
  const { createMcpServer } = await import('../control/admin/mcp-server.ts')
  const source: McpSource = {
    version: readVersion(),
    mayChange: options.allowChanges === true,
    run: (name, operation, input) => runFor(client, name, operation, input),
  }
  const { stdin, stdout } = process
  const ended = Promise.withResolvers<void>()
  for (const event of ['end', 'close', 'error']) stdin.once(event, () => ended.resolve())
  for (const signal of ['SIGINT', 'SIGTERM']) terminal.signals.once(signal, () => ended.resolve())
  const { files = [] } = options
  const createServer = (): McpServer => {
    const server = createMcpServer(source)
    if (files.length > 0) addFileTools(server, files)
    return server
  }
  const serving = serveStdio(createServer, {
    transport: new StdioServerTransport(stdin, stdout, { maxBufferSize: MESSAGE_BYTES_MAX }),
    onerror: (error) => terminal.say(`gatewell: ${error.message}`),
  })
  await ended.promise
  await serving.close()
  stdin.destroy()
  return 0
}

/** A log file may be part of what is asked. */
const MESSAGE_BYTES_MAX = 32 * 1024 * 1024

/** What needs no gateway is done here, where the assistant is. */
async function runFor(client: AdminClient, name: string, operation: AnyOperation<Operable>, input: unknown): Promise<Result<unknown>> {
  if (operation.isApart) return operation.run(NO_GATEWAY, input)
  const reply = await client.ask(name as OperationName, input as object, postedBytesMax(operation) !== null)
  return reply.ok ? reply : { ...reply, status: reply.status === 404 ? 404 : (500 satisfies Refused['status']) }
}

const NO_GATEWAY = {} as Operable
