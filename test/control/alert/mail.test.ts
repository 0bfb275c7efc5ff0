/** E-mail to a small real SMTP server on loopback (RFC 5321): what it gets, and what becomes of its refusals. */

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { sendMail } from '../../../src/control/alert/mail.ts'
import { wordingOf } from '../../../src/control/alert/wording.ts'
import { closing } from '../../support/closing.ts'
import { unusedPort } from '../../support/raw-origin.ts'
import { START, sampleMessage, sampleNotice } from './sample.ts'

type Mail = { from: string; to: string[]; text: string; login: string | null }
type Manners = { readonly greeting?: string; readonly data?: string; readonly login?: string; readonly offers?: readonly string[] }

async function mailServer(manners: Manners = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = []
  const server = createServer((socket) => converse(socket, manners, mails))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  closing({
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
  return { port: (server.address() as AddressInfo).port, mails }
}

function converse(
  socket: Socket,
  { greeting = '220 mail', data = '250 2.0.0 taken as 4711', login = '235 fine', offers = [] }: Manners,
  mails: Mail[],
): void {
  let mail: Mail = { from: '', to: [], text: '', login: null }
  let isData = false
  let rest = ''
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  const hear = (line: string): void => {
    if (isData) {
      if (line !== '.') mail.text += `${line}\n`
      else {
        isData = false
        mails.push(mail)
        mail = { from: '', to: [], text: '', login: mail.login }
        say(data)
      }
    } else if (/^(EHLO|HELO)/.test(line)) {
      const lines = ['mail', ...offers]
      for (const [i, text] of lines.entries()) say(`250${i === lines.length - 1 ? ' ' : '-'}${text}`)
    } else if (line.startsWith('AUTH PLAIN')) {
      mail.login = Buffer.from(line.slice(11), 'base64').toString()
      say(login)
    } else if (line.startsWith('MAIL FROM')) {
      mail.from = line.slice(10)
      say('250 ok')
    } else if (line.startsWith('RCPT TO')) {
      mail.to.push(line.slice(8))
      say('250 ok')
    } else if (line === 'DATA') {
      isData = true
      say('354 go on')
    } else if (line === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say('500 what?')
  }
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    const lines = `${rest}${bytes}`.split('\r\n')
    rest = lines.pop() as string
    for (const line of lines) hear(line)
  })
  if (greeting !== '') say(greeting)
}

function send(smtp: string, message = sampleMessage(), limitMs?: number) {
  const target = { kind: 'email', to: ['ops@example.com', 'dev@example.com'], from: 'gw@example.com', smtp } as const
  return sendMail(target, message, wordingOf(message), limitMs)
}

test('a mail has a short subject, the whole story, and its place in a thread', async () => {
  const { port, mails } = await mailServer()
  expect(await send(`smtp://127.0.0.1:${port}`)).toMatchObject({ isDelivered: true, says: '250 2.0.0 taken as 4711' })
  const closed = sampleNotice({ state: 'closed', closed: START + 130_000 }, { kind: 'resolved' })
  await send(`smtp://127.0.0.1:${port}`, sampleMessage([closed]))
  const [first, second] = mails
  expect([first?.from, first?.to]).toEqual(['<gw@example.com>', ['<ops@example.com>', '<dev@example.com>']])
  expect(first?.text).toContain('Subject: [edge] shop is down: Nothing listens on that port\n')
  expect(first?.text).toMatch(/^Auto-Submitted: auto-generated$/m)
  expect(first?.text).toMatch(/^X-Priority: 1/m)
  expect(first?.text).toContain('More: gatewell why i-1\n')
  expect(second?.text).toContain('Subject: [edge] shop is well again')
  const thread = (mail: Mail | undefined): string | undefined => /^References: (<i-1\.[^>]+>)$/m.exec(mail?.text ?? '')?.[1]
  expect(thread(first)).toBeDefined()
  expect(thread(second)).toBe(thread(first))
})

test('nothing that strangers wrote becomes a header', async () => {
  const { port, mails } = await mailServer()
  const upstream = 'shop\r\nBcc: victim@example.com\r\n\r\nhello'
  await send(`smtp://127.0.0.1:${port}`, sampleMessage([sampleNotice({ upstream })]))
  const head = mails[0]?.text.split('\n\n')[0] ?? ''
  expect(head).toMatch(/^Subject: \[edge\] shop Bcc: /m)
  expect(head).not.toMatch(/^Bcc/m)
  expect(mails[0]?.to).toEqual(['<ops@example.com>', '<dev@example.com>'])
})

test('it logs in where there is a user', async () => {
  const { port, mails } = await mailServer({ offers: ['AUTH PLAIN'] })
  await send(`smtp://me:pass%20word@127.0.0.1:${port}`)
  expect(mails[0]?.login).toBe('\0me\0pass word')
})

test.each([
  ['a server that is busy', { greeting: '421 4.3.2 busy' }, { isFinal: false }],
  ['a server that refuses the mail', { data: '554 5.7.1 no spam' }, { isFinal: true }],
  ['a server that is full', { data: '452 4.3.1 full' }, { isFinal: false }],
])('%s says so', async (_, manners, expected) => {
  const { port } = await mailServer(manners)
  expect(await send(`smtp://127.0.0.1:${port}`)).toMatchObject({ isDelivered: false, ...expected })
})

test('one that refuses the password, or repeats it, does not make it known', async () => {
  const offers = ['AUTH PLAIN']
  const refusing = await mailServer({ offers, login: '535 5.7.8 not with hunter2-long' })
  const repeating = await mailServer({ offers, data: '554 5.7.1 not from you with hunter2-long' })
  const refused = await send(`smtp://me:hunter2-long@127.0.0.1:${refusing.port}`)
  const repeated = await send(`smtp://me:hunter2-long@127.0.0.1:${repeating.port}`)
  expect([refused, repeated]).toMatchObject([
    { isFinal: true, says: 'it did not accept the user and password (EAUTH)' },
    { isFinal: true, says: expect.stringContaining('not from you with ***') },
  ])
})

test('a password never goes to another machine without TLS', async () => {
  const { port, mails } = await mailServer({ offers: ['AUTH PLAIN'] })
  // Loopback, but not by a name that says so.
  expect(await send(`smtp://me:hunter2@[::ffff:127.0.0.1]:${port}`)).toMatchObject({ isDelivered: false })
  expect(mails).toEqual([])
})

test('one that says nothing is left, and where nothing listens that is said', async () => {
  const { port } = await mailServer({ greeting: '' })
  expect(await send(`smtp://127.0.0.1:${port}`, undefined, 100)).toMatchObject({ isDelivered: false, isFinal: false })
  expect(await send(`smtp://127.0.0.1:${await unusedPort()}`)).toMatchObject({ isDelivered: false, isFinal: false })
})
