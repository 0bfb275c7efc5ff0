/** Debian's Chromium without a window, steered by playwright-core. It takes a second to start: one for a whole file of tests. */
import { type Browser, chromium } from 'playwright-core'
import { program } from '../setup/program.ts'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function startChromium(further: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: program('chromium'), headless: true, args: [...ARGUMENTS, ...further] })
}
