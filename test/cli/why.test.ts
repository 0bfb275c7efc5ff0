/** `gatewell why`: every cause is explained in full, on any width of terminal. */
import { describe, expect, test } from 'vitest'
import { CAUSE_IDS, CAUSES } from '../../src/causes/catalogue.ts'
import type { Remedy } from '../../src/causes/cause.ts'
import { renderCause } from '../../src/cli/cause-page.ts'
import { COLOURS } from '../../src/cli/terminal.ts'
import { PLAIN } from '../../src/config/problem.ts'
import { guideOf } from '../../src/insight/cause-guide.ts'
import { sentenceOf } from '../../src/insight/cause-library.ts'
import { gatewell } from './recording-terminal.ts'

const flat = (text: string): string => text.replace(/\s+/g, ' ')

describe('a cause', () => {
  test.each(CAUSE_IDS)('%s is told whole, and only commands run over the edge', (id) => {
    const { title, meaning, proxyStatus } = CAUSES[id]
    const remedies: readonly Remedy[] = CAUSES[id].remedies
    const page = renderCause(id, PLAIN, 60)
    for (const piece of [title, id, meaning, proxyStatus]) expect(flat(page)).toContain(piece)
    for (const { do: deed, when, command } of remedies) {
      expect(flat(page)).toContain(deed.replace(/\.$/, ''))
      expect(flat(page)).toContain(when)
      if (command !== undefined) expect(page).toContain(command)
    }
    const { visitor, checks } = guideOf(id)
    for (const text of [...visitor, ...checks.map(sentenceOf)]) expect(flat(page)).toContain(text)
    const settings = checks.flatMap((check) => check.commands.map(({ command }) => command.replaceAll('\n', ' · ')))
    for (const setting of settings) expect(page).toContain(setting)
    const commands = [...remedies.map(({ command }) => command), ...settings].filter((command) => command !== undefined)
    const isCommand = (line: string): boolean => commands.some((command) => line.endsWith(command))
    const long = page.split('\n').filter((line) => line.length > 60 && !isCommand(line) && line.trim().includes(' '))
    expect(long.filter((line) => !line.includes('Proxy-Status') && !line.includes(title))).toEqual([])
    expect(renderCause(id, COLOURS, 60).replace(/\u001b\[\d+m/g, '')).toBe(page)
  })

  test('is printed with its status, its place and whether it is sent again', async () => {
    const { code, printed, said } = await gatewell('why', 'connect-refused')
    expect({ code, said }).toEqual({ code: 0, said: '' })
    expect(printed.split('\n').slice(0, 12).join('\n')).toBe(`Nothing listens on that port  connect-refused

The machine answered but refused the connection: no program is listening on that
address and port.

  status         502 Bad Gateway
  Proxy-Status   gatewell; error=connection_refused; details="connect-refused"
  where to look  the server behind Gatewell, or the network on its side
  sent again?    Yes, up to 2 more times, at another endpoint first: nothing of
                 it has been sent, so any method is safe. retry.on without
                 connect switches it off for an upstream.
`)
  })

  test.each([
    ['reset-before-response', 'idempotent', /^Yes if it is idempotent .*, up to 2 more times/],
    ['response-timeout', 'idempotent', /^Yes if it is idempotent .*, once more/],
    ['upstream-5xx', 'idempotent-by-status', /^If the server said 502, 503 or 504/],
    ['route-not-found', 'none', /^No: it would meet the same here again\.$/],
    ['request-malformed', 'none', /^No: the client would have to send another one\.$/],
  ])('%s says which requests are sent again: %s', async (id, requests, text) => {
    const { retry } = JSON.parse((await gatewell('why', id, '--json')).printed)
    expect(retry.requests).toBe(requests)
    expect(retry.text).toMatch(text)
  })
})

test('--json gives the keys that others read', async () => {
  const { printed } = await gatewell('why', 'keepalive-race', '--json')
  const { title, meaning, status, proxyStatus, remedies } = CAUSES['keepalive-race']
  expect(JSON.parse(printed)).toMatchObject({
    id: 'keepalive-race',
    kind: 'cause',
    cause: 'keepalive-race',
    confidence: 1,
    evidence: [],
    attempts: [],
    remedies,
    title,
    meaning,
    status,
    proxyStatus,
  })
})

test('a status or an error type lists its causes, and nothing lists all', async () => {
  const lines = async (...words: string[]): Promise<string[]> => (await gatewell('why', ...words)).printed.split('\n')
  expect(await lines('504')).toHaveLength(CAUSE_IDS.filter((id) => CAUSES[id].status === 504).length)
  expect((await lines('dns_error')).map((line) => line.split(' ')[0])).toEqual(['dns-nxdomain', 'dns-servfail'])
  expect(await lines()).toHaveLength(CAUSE_IDS.length)
  const { printed } = await gatewell('why', 'dns_error', '--json')
  expect(JSON.parse(printed).map(({ id }: { id: string }) => id)).toEqual(['dns-nxdomain', 'dns-servfail'])
})
