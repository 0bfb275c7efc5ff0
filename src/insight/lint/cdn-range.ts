/** The ranges from which Cloudflare connects to servers, as https://www.cloudflare.com/ips/ lists them; unchanged since 2021. */
import { BlockList, isIPv4 } from 'node:net'

const CLOUDFLARE = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '190.93.240.0/20',
  '188.114.96.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '131.0.72.0/22',
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
] as const

/** Fewer than that may stand there for another reason. */
const RECOGNISED_MIN = 3

/** Those of Cloudflare that a list leaves out, if it is a list of Cloudflare's. A family of which it has none is not used there. */
export function missingRanges(listed: readonly string[]): string[] {
  if (listed.filter((range) => (CLOUDFLARE as readonly string[]).includes(range)).length < RECOGNISED_MIN) return []
  const covered = new BlockList()
  for (const range of listed) cover(covered, range)
  const families = new Set(listed.map((range) => range.includes(':')))
  return CLOUDFLARE.filter((range) => families.has(range.includes(':')) && !isCovered(covered, range))
}

function cover(list: BlockList, range: string): void {
  const [address = '', bits] = range.split('/')
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  try {
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  } catch {
    // A name or a socket: covers none of them.
  }
}

/** By its first address and the first of its upper half: a list of ranges that has both has all of it, as such lists go. */
function isCovered(list: BlockList, range: string): boolean {
  const [address = '', bits = ''] = range.split('/')
  if (!isIPv4(address)) return list.check(address, 'ipv6')
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + 2 ** (31 - Number(bits))
  const upper = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
  return list.check(address) && list.check(upper)
}

export function sumUpRanges(ranges: readonly string[]): string {
  const shown = ranges.slice(0, 3).join(', ')
  return ranges.length > 3 ? `${shown} and ${ranges.length - 3} more` : shown
}
