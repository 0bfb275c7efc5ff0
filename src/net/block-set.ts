/** Whether an address is in one of some CIDR blocks. An IPv4 address written in IPv6 counts as IPv4. */
import { BlockList, isIP } from 'node:net'
import { plainAddress } from './address.ts'

export class BlockSet {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** With or without their prefixes. */
  constructor(blocks: readonly string[]) {
    this.#isEmpty = blocks.length === 0
    for (const block of blocks) {
      const [address = '', prefix] = block.split('/')
      const wide = isIP(address) === 6 ? 128 : 32
      this.#list.addSubnet(address, prefix === undefined ? wide : Number(prefix), wide === 128 ? 'ipv6' : 'ipv4')
    }
  }

  /** False for what is no address, such as the peer of a unix socket. */
  has(text: string): boolean {
    if (this.#isEmpty) return false
    const address = plainAddress(text)
    const family = isIP(address)
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}
