/** What the command line takes, and what it says to what it does not take. */
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COLOURS, isColoured } from '../../src/cli/terminal.ts'
import { renderProblem } from '../../src/config/problem.ts'
import { gatewell } from './recording-terminal.ts'

const HELP = '`gatewell --help` lists commands and options.'

describe('wrong usage ends with 2 and says what was meant', () => {
  test.each([
    ['chekc', 'gatewell: there is no command "chekc". Did you mean "gatewell check"?'],
    ['Run', 'gatewell: there is no command "Run". Did you mean "gatewell run"?'],
    [
      'localhost',
      'gatewell: "localhost" is neither a command nor a target. A target is a port (3000), host:port, http://host:port or unix:/path/to/socket. Did you mean "http://localhost:80"?',
    ],
    [
      'nonsense',
      'gatewell: "nonsense" is neither a command nor a target. A target is a port (3000), host:port, http://host:port or unix:/path/to/socket.',
    ],
    ['70000', 'gatewell: 70000 is not a port: ports go from 1 to 65535.'],
    [
      'https://example.com',
      'gatewell: "https://example.com": endpoints with TLS are not supported yet. Write http://host:port or unix:/path/to/socket.',
    ],
    [
      'http://127.0.0.1:3000/api',
      'gatewell: "http://127.0.0.1:3000/api" has a path, which endpoints cannot have: the request\'s own path is sent on. Did you mean "http://127.0.0.1:3000"?',
    ],
    ['gatewell.yaml', 'gatewell: "gatewell.yaml" is a file. Did you mean "gatewell run -c gatewell.yaml"?'],
    ['3000 check', 'gatewell: a command comes first: gatewell check …'],
    ['3000 127.0.0.1:3000', 'gatewell: http://127.0.0.1:3000 is named twice.'],
    ['8080', 'gatewell: 127.0.0.1:8080 is where Gatewell itself listens. Choose another address with --listen.'],
    [
      '3000 --admin :8502',
      'gatewell: :8502 can be reached from other machines, so a token is needed there: set admin.token in gatewell.yaml.',
    ],
    ['3000 --listen :8502', 'gatewell: 127.0.0.1:8502 cannot be listened on: :8502 takes that port already.'],
    ['3000 --listen :80 --listen [::1]:80', 'gatewell: [::1]:80 cannot be listened on: :80 takes that port already.'],
    [
      '3000 --workers many',
      `gatewell: option '--workers <n>' argument 'many' is invalid. must be "auto" or a whole number from 0 to 1024, not "many".\n${HELP}`,
    ],
    ['3000 --lsten :80', `gatewell: unknown option '--lsten'. Did you mean --listen?\n${HELP}`],
    ['--quiet', `gatewell: no target is named, for example: gatewell 3000\n${HELP}`],
    ['--listen :80 run', `gatewell: options go after the command: gatewell run --listen …\n${HELP}`],
    ['run -c', `gatewell: option '-c, --config <file>' argument missing\n${HELP}`],
    [
      'check a.yaml',
      `gatewell: too many arguments for 'check'. Expected 0 arguments but got 1: a.yaml.\n${HELP}\nName the file with -c: gatewell check -c a.yaml`,
    ],
    ['why connect-refuse', 'gatewell: there is no cause "connect-refuse". Did you mean "connect-refused"?'],
    ['why the', 'gatewell: there is no cause "the". `gatewell why` lists all causes.'],
  ])('gatewell %s', async (words, said) => {
    expect(await gatewell(...words.split(' '))).toEqual({ code: 2, printed: '', said })
  })
})

test('without words it says what to do first', async () => {
  const { code, printed, said } = await gatewell()
  expect({ code, said }).toEqual({ code: 0, said: '' })
  expect(printed).toContain('gatewell 3000')
})

test('--help names every command and the exit codes', async () => {
  const { code, printed } = await gatewell('--help')
  expect(code).toBe(0)
  for (const word of ['run', 'check', 'why', 'demo', 'TARGET', '--listen', '--admin', '--workers', '--quiet', '--version', 'Exit codes']) {
    expect(printed).toContain(word)
  }
})

describe('a port that is taken', () => {
  const busy = createServer()
  let port = 0
  beforeAll(async () => {
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
    port = (busy.address() as { port: number }).port
  })
  afterAll(() => busy.close())

  test.each([
    ['--listen', `127.0.0.1:0 --admin`],
    ['--admin', `127.0.0.1:0 --listen`],
  ])('ends it with 1, names who has it and points at %s', async (flag, others) => {
    const { code, printed, said } = await gatewell('1', flag, `127.0.0.1:${port}`, ...[...others.split(' ').reverse()], '--workers', '1')
    expect({ code, printed }).toEqual({ code: 1, printed: '' })
    expect(said).toContain(`gatewell: Cannot listen on 127.0.0.1:${port}: `)
    expect(said).toContain(`(process ${process.pid}) already listens there. Stop it, or listen elsewhere with ${flag}.`)
  })
})

test('colours are for terminals, and NO_COLOR and TERM=dumb switch them off', () => {
  expect(isColoured({ isTTY: true }, {})).toBe(true)
  expect(isColoured({ isTTY: true }, { NO_COLOR: '' })).toBe(true)
  expect(isColoured({ isTTY: true }, { NO_COLOR: '1' })).toBe(false)
  expect(isColoured({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
  expect(isColoured({}, {})).toBe(false)
})

test('colours mark the place and the caret of a problem, and change no text', () => {
  const problem = {
    severity: 'error',
    file: 'a.yaml',
    line: 1,
    column: 3,
    length: 2,
    path: 'b',
    message: 'is bad.',
    value: null,
    suggestion: null,
    source: 'xxyy',
  } as const
  const coloured = renderProblem(problem, COLOURS)
  expect(coloured).toContain('\u001b[1ma.yaml:1:3:\u001b[22m')
  expect(coloured).toContain('\u001b[31m^^\u001b[39m')
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderProblem(problem))
})
