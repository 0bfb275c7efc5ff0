import { expect, test } from 'vitest'
import { Screen } from '../../src/cli/demo/screen.ts'

test('on a terminal the live lines stay below what is printed', () => {
  const { screen, shown } = terminal(40)
  screen.show(['live one', 'live two'])
  screen.print('said')
  screen.show(['live three'])
  screen.print('said again')
  expect(shown()).toEqual(['said', 'said again', 'live three'])
})

test('a live line never wraps, and its colours are not counted', () => {
  const { screen, shown } = terminal(11)
  screen.show(['\u001b[1m0123456789\u001b[22mabc', 'short'])
  screen.print('said')
  expect(shown()).toEqual(['said', '\u001b[1m0123456789\u001b[22m', 'short'])
})

test('the cursor is hidden while it is live, and comes back', () => {
  const { screen, written } = terminal(40)
  expect(written()).toBe('\u001b[?25l')
  screen.close()
  expect(written()).toMatch(/\u001b\[\?25h$/)
})

test('without a terminal only what is printed appears', () => {
  let text = ''
  const screen = new Screen({ write: (piece) => (text += piece) })
  screen.show(['live'])
  screen.print('said')
  screen.close()
  expect(text).toBe('said\n')
})

/** A terminal that understands what a screen may do: go up, go to the line's beginning, erase what is below. */
function terminal(columns: number) {
  let text = ''
  const screen = new Screen({ isTTY: true, columns, write: (piece) => (text += piece) })
  const shown = (): string[] => {
    const lines: string[] = ['']
    for (const [piece, up] of text.replace('\u001b[?25l', '').matchAll(/\u001b\[(\d+)A\r\u001b\[J|\n|\u001b\[\d*m|./g)) {
      if (up !== undefined) lines.splice(lines.length - 1 - Number(up), Number(up) + 1, '')
      else if (piece === '\n') lines.push('')
      else lines[lines.length - 1] += piece
    }
    return lines.slice(0, -1)
  }
  return { screen, shown, written: () => text }
}
