/** A text file that an operator names: read whole, up to a limit, as UTF-8. Whatever is wrong with it is a value. */
import { isUtf8 } from 'node:buffer'
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { misread, type Parsed, parsed } from './parsed.ts'
import { findSimilar } from './suggestion.ts'
import { formatSize } from './unit.ts'

const NEWLINE = 0x0a

export function readText(file: string, bytesMax: number): Parsed<string> {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    return explainOpen(error as NodeJS.ErrnoException, file)
  }
  try {
    if (fstatSync(descriptor).isDirectory()) return misread('is a directory, not a file.', findSibling(join(file, 'gatewell.yaml')))
    const bytes = readUpTo(descriptor, bytesMax + 1)
    return bytes.length > bytesMax ? misread(`is larger than ${formatSize(bytesMax)}, the most that is read.`) : decode(bytes)
  } catch (error) {
    return misread(`cannot be read: ${(error as Error).message}.`)
  } finally {
    closeSync(descriptor)
  }
}

function readUpTo(descriptor: number, bytesMax: number): Buffer {
  const chunks: Buffer[] = []
  let total = 0
  while (total < bytesMax) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, bytesMax - total))
    const length = readSync(descriptor, chunk)
    if (length === 0) break
    chunks.push(chunk.subarray(0, length))
    total += length
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Buffer): Parsed<string> {
  if (isUtf8(bytes)) return parsed(bytes.toString('utf8').replace(/^\ufeff/, ''))
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (isUtf16) return misread('is not UTF-8 but UTF-16. Save it as UTF-8.')
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    if (!isUtf8(bytes.subarray(start, end))) break
    start = end + 1
  }
  return misread(`is not UTF-8 text: line ${line} has bytes that are no characters. Save it as UTF-8.`)
}

function explainOpen(error: NodeJS.ErrnoException, file: string): Parsed<never> {
  switch (error.code) {
    case 'ENOENT':
      return misread('there is no such file.', findSibling(file))
    case 'ENOTDIR':
      return misread('there is no such file: a part of its path is a file, not a directory.')
    case 'EACCES':
    case 'EPERM':
      return misread('may not be read: permission denied.')
    default:
      return misread(`cannot be opened: ${error.message.replace(/, open .*$/, '')}.`)
  }
}

/** A file that is there and has nearly that name. */
function findSibling(file: string): string | null {
  try {
    const similar = findSimilar(basename(file), readdirSync(dirname(file)))
    return similar === null ? null : join(dirname(file), similar)
  } catch {
    return null
  }
}
