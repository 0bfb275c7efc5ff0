/**
 * The thread that speaks to OpenTelemetry. It is one of its own so that making spans and JSON of records holds nothing up, and so that
 * the packages find an empty environment: they would read addresses and headers from it, and only the configuration says those.
 */
import { parentPort } from 'node:worker_threads'
import { type Receipt, undelivered } from '../alert/receipt.ts'
import { sendMetrics } from './metric-sender.ts'
import type { TelemetryCall, TelemetryReply } from './telemetry-link.ts'
import { sendTraces } from './trace-sender.ts'

parentPort?.on('message', async (call: TelemetryCall) => {
  const reply: TelemetryReply = { ticket: call.ticket, receipt: await send(call) }
  parentPort?.postMessage(reply)
})

async function send({ place, service, parcel }: TelemetryCall): Promise<Receipt> {
  try {
    return await (parcel.kind === 'traces' ? sendTraces(place, service, parcel) : sendMetrics(place, service, parcel))
  } catch (error) {
    return undelivered(`a bug: ${(error as Error).message}`, { isFinal: true })
  }
}
