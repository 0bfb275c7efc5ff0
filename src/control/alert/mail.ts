/**
 * A message as e-mail, by nodemailer, which is loaded when the first one is sent. Between machines TLS is verified where there is any,
 * and a password never goes without it.
 */
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { AlertTarget } from '../../config/alert-plan.ts'
import { type AlertMessage, severityOfMessage } from './alert-message.ts'
import { textForm } from './form/text-form.ts'
import { plain } from './plain-text.ts'
import { DELIVERY_MS, delivered, type Receipt, sayError, undelivered } from './receipt.ts'
import type { Wording } from './wording.ts'

type MailTarget = Extract<AlertTarget, { kind: 'email' }>

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/
const SUBMISSION_PORT = 587
const SMTP_PORT = 25
const SMTPS_PORT = 465

export async function sendMail(target: MailTarget, message: AlertMessage, wording: Wording, limitMs = DELIVERY_MS): Promise<Receipt> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    ...serverOf(target.smtp),
    connectionTimeout: limitMs,
    greetingTimeout: limitMs,
    socketTimeout: limitMs,
  })
  const sender = target.from ?? `gatewell@${mailHost()}`
  const [first] = message.notices
  const thread =
    first === undefined || message.notices.length > 1 ? null : `<${first.incident.id}.${digest(message.gateway)}@${mailHost()}>`
  // nodemailer limits each step; all of them together are limited here.
  const limit = setTimeout(() => transport.close(), 3 * limitMs)
  try {
    const { response } = await transport.sendMail({
      from: { name: 'Gatewell', address: sender },
      to: [...target.to],
      subject: `[${message.gateway}] ${wording.subject}`,
      text: `${textForm(wording)}\n`,
      date: new Date(message.at),
      priority: severityOfMessage(message) === 'critical' ? 'high' : 'normal',
      headers: { 'Auto-Submitted': 'auto-generated' },
      // Mail programs show all that is told of one incident together.
      ...(thread !== null && { references: thread, inReplyTo: thread }),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    return delivered(plain(response, 160))
  } catch (error) {
    const { responseCode = 0 } = error as { responseCode?: number }
    return undelivered(withoutPassword(plain(sayError(error), 200), target.smtp), { isFinal: responseCode >= 500 && responseCode < 600 })
  } finally {
    clearTimeout(limit)
    transport.close()
  }
}

function serverOf(smtp: string): object {
  const url = new URL(smtp)
  const isSecure = url.protocol === 'smtps:'
  const isHere = LOOPBACK.test(url.hostname)
  const user = decodeURIComponent(url.username)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? SMTPS_PORT : isHere ? SMTP_PORT : SUBMISSION_PORT),
    secure: isSecure,
    // On its way to this machine's own server a message meets nobody, and those servers have a certificate of nobody's.
    ...(isHere && !isSecure ? { ignoreTLS: true } : { requireTLS: user !== '' }),
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
  }
}

function mailHost(): string {
  const name = hostname()
  return /^[A-Za-z0-9.-]+$/.test(name) ? name : 'localhost'
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function withoutPassword(text: string, smtp: string): string {
  const password = decodeURIComponent(new URL(smtp).password)
  return password === '' ? text : text.replaceAll(password, '***')
}
