/** Where to listen or to connect: a TCP port of a host, or a unix socket. And what only name servers know the addresses of. */

export type Address = TcpAddress | { readonly kind: 'unix'; readonly path: string }

export type TcpAddress = {
  readonly kind: 'tcp'
  readonly host: string
  readonly port: number
  /** How `host`, an IP address then, became known. Left out where it was written as it is. */
  readonly found?: Found
}

/** `host`: the name that has the address. `by`: what name servers were asked for, and are asked for again. */
export type Found = { readonly host: string; readonly by: NamedAddress }

/** RFC 2782: SRV records say the hosts and the ports. */
export type ServiceAddress = { readonly kind: 'srv'; readonly service: string }

export type NamedAddress = TcpAddress | ServiceAddress

export type EndpointAddress = Address | ServiceAddress

/** `10.0.0.1:80`, `[::1]:80`, the path of the socket or the name of the service. */
export function addressText(address: EndpointAddress): string {
  if (address.kind === 'unix') return address.path
  return address.kind === 'srv' ? address.service : hostPort(address.host, address.port)
}

/** What Host says where nothing else is wanted: the name and the port, for an address that was found by a name, too. */
export function authorityOf(address: EndpointAddress): string {
  if (address.kind !== 'tcp') return 'localhost'
  return hostPort(address.found?.host ?? address.host, address.port)
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** An IPv4 client of a socket that listens on IPv6 has a mapped address; people know it by the plain one. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
