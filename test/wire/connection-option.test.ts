import { expect, test } from 'vitest'
import { ConnectionOptions } from '../../src/wire/h1/connection-option.ts'

function optionsOf(...values: string[]): ConnectionOptions {
  const options = new ConnectionOptions()
  for (const value of values) options.add(value)
  return options
}

test('options are found in lists and over several lines, in any case, each for itself', () => {
  const { isClose, isKeepAlive, isUpgrade } = optionsOf('Keep-Alive, , x', '\tCLOSE ,upgrade')
  expect([isClose, isKeepAlive, isUpgrade]).toEqual([true, true, true])
})

test('words that only contain an option are others', () => {
  const { isClose, isKeepAlive, isUpgrade } = optionsOf('closed, "close", keep-alives, upgrade-insecure, clo se, \xa0close, close;x')
  expect([isClose, isKeepAlive, isUpgrade]).toEqual([false, false, false])
})

test('fields that are nominated go, in any case, and all lines of them', () => {
  const fields = 'A: 1\r\nx-own: 2\r\nX-Own: 3\r\nX-Owner: 4\r\n'
  expect(optionsOf('close, X-OWN').withoutNominated(fields)).toBe('A: 1\r\nX-Owner: 4\r\n')
  expect(optionsOf('close').withoutNominated(fields)).toBe(fields)
  expect(optionsOf('keep-alive, upgrade').withoutNominated('Upgrade: x\r\n')).toBe('Upgrade: x\r\n')
})

test('nothing stays behind for the next message', () => {
  const options = optionsOf('close, keep-alive, upgrade, x-own')
  options.reset()
  expect([options.isClose, options.isKeepAlive, options.isUpgrade]).toEqual([false, false, false])
  expect(options.withoutNominated('X-Own: 1\r\n')).toBe('X-Own: 1\r\n')
  options.add('a')
  expect(options.withoutNominated('X-Own: 1\r\nA: 2\r\n')).toBe('X-Own: 1\r\n')
})
