/** A program that is given the message on its standard input. No shell; it and what it started are ended when time is up. */
import { spawn } from 'node:child_process'
import { plain } from './plain-text.ts'
import { DELIVERY_MS, delivered, type Receipt, sayError, undelivered } from './receipt.ts'

const SAID_BYTES_MAX = 4_096

export function runProgram(words: readonly string[], input: string, limitMs = DELIVERY_MS): Promise<Receipt> {
  const [program = '', ...rest] = words
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ['pipe', 'ignore', 'pipe'], detached: true })
    let said = ''
    let isLate = false
    const limit = setTimeout(() => {
      isLate = true
      endGroup(child.pid)
    }, limitMs)
    child.stderr.on('data', (bytes: Buffer) => {
      if (said.length < SAID_BYTES_MAX) said += bytes.toString()
    })
    // One that does not read what it is given is none the worse for it.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', (error) => {
      clearTimeout(limit)
      resolve(undelivered(sayError(error)))
    })
    child.on('exit', (code, signal) => {
      clearTimeout(limit)
      child.stderr.destroy()
      const words = plain(said, 160)
      const tail = words === '' ? '' : `: ${words}`
      if (isLate) resolve(undelivered(`it was ended after ${limitMs / 1_000} s${tail}`))
      else if (code === 0) resolve(delivered(`exit 0${tail}`))
      else resolve(undelivered(`${code === null ? `ended by ${signal}` : `exit ${code}`}${tail}`))
    })
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {}
}
