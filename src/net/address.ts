/** Where to listen or to connect: a TCP port of a host, or a unix socket. */

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** `10.0.0.1:80`, `[::1]:80` or the path of the socket. */
export function addressText(address: Address): string {
  if (address.kind === 'unix') return address.path
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}

/** An IPv4 client of a socket that listens on IPv6 has a mapped address; people know it by the plain one. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
