/** Rules that compare sizes and rights: bodies, heads, sockets, memory, queues. */

import { valueText, writeSetting } from '../../dialect/hop.ts'
import type { NginxConfig, NginxHop } from '../../dialect/nginx/config-hop.ts'
import { type FpmPool, fpmLine } from '../../dialect/php-fpm/config-pool.ts'
import { bytesText, readCount } from '../../dialect/quantity.ts'
import type { Chain, Link } from '../chain.ts'
import { changeAt, type Hit, type Rule } from '../rule.ts'
import { namesOf, said, settingText } from '../wording.ts'

export const CHAIN_SIZE_RULES: readonly Rule[] = [
  {
    id: 'body-cut-in-front',
    cause: 'request-body-too-large',
    severity: 'warning',
    server: 'chain',
    compares: 'the largest body of a proxy with the larger one that the server behind was told to take',
    because: 'The proxy refuses with 413 what the server behind was made ready for.',
    find: ({ links }) => links.flatMap(findCut),
  },
  {
    id: 'body-refused-behind',
    cause: 'request-write-failed',
    severity: 'warning',
    server: 'chain',
    compares: 'the largest body that a proxy was told to take with the smaller one of the server behind',
    because:
      'The server behind refuses and closes while the proxy still sends: the visitor sees 413 at best, and often 502 in the middle of the upload.',
    find: ({ links }) => links.flatMap(findRefused),
  },
  {
    id: 'header-buffer-smaller-in-front',
    cause: 'header-too-large',
    severity: 'warning',
    server: 'chain',
    compares: 'the buffer for heads of answers with the larger one of the proxy behind',
    because: 'A head that the proxy behind was made ready for does not fit in front: 502, and only for visitors with many or long cookies.',
    find: ({ links }) => links.flatMap(findSmallBuffer),
  },
  {
    id: 'fpm-socket-permission',
    cause: 'socket-permission',
    severity: 'error',
    server: 'chain',
    compares: "the owner, group and mode of PHP-FPM's socket with the user of nginx",
    because: 'Whoever may not write to the socket cannot connect to it: every request fails with "Permission denied".',
    find: ({ links, nginx }) => links.flatMap((link) => findPermission(link, nginx)),
  },
  {
    id: 'fpm-children-pinned',
    cause: 'worker-pool-exhausted',
    severity: 'warning',
    server: 'chain',
    compares: 'idle FastCGI connections that nginx keeps with the children of the pool',
    because: 'A child belongs to its connection. Kept connections hold all children, and new ones wait although nobody works.',
    find: ({ links }) => links.flatMap(findPinned),
  },
  {
    id: 'backlog-above-somaxconn',
    cause: 'backlog-overflow',
    severity: 'warning',
    server: 'chain',
    compares: 'the backlog of a listener with net.core.somaxconn of this machine',
    because: 'The kernel cuts the backlog down without a word, and connections beyond it are dropped in a rush.',
    find: findCutBacklog,
  },
]

function findCut(link: Link): Hit[] {
  const { hop, service } = link
  const { front, behind } = namesOf(link)
  const { body } = hop
  if (body === null || service.body === null || service.body.isDefault || body.value >= service.body.value) return []
  if (service.body.value === Number.POSITIVE_INFINITY) return []
  return [
    {
      place: body.place,
      other: service.body.place,
      message: `${front} refuses bodies of more than ${said(body)}; ${behind} takes up to ${said(service.body)}.`,
      fix: `Let ${front} take as much as ${behind}.`,
      change: changeAt(body.place, !body.isDefault, writeSetting(body, service.body.value)),
    },
  ]
}

function findRefused(link: Link): Hit[] {
  const { hop, service } = link
  const { front, behind } = namesOf(link)
  const { body } = hop
  if (body === null || body.isDefault || service.body === null || service.server === 'php-fpm' || body.value <= service.body.value)
    return []
  const inner = service.hops.find(({ body: own }) => own !== null)?.body ?? service.body
  if (inner.value >= body.value) return []
  return [
    {
      place: inner.place,
      other: body.place,
      message: `${behind} refuses bodies of more than ${said(inner)}; ${front} lets ${valueText(body.value, 'bytes')} through (${settingText(body)}).`,
      fix: `Let ${behind} take as much as ${front}.`,
      ...(body.value !== Number.POSITIVE_INFINITY && { change: changeAt(inner.place, !inner.isDefault, writeSetting(inner, body.value)) }),
    },
  ]
}

function findSmallBuffer(link: Link): Hit[] {
  const { hop, service } = link
  const { front, behind } = namesOf(link)
  const inner = service.hops.flatMap(({ header }) => header ?? []).find((header) => !header.isDefault)
  const { header } = hop
  if (inner === undefined || header === null || header.value >= inner.value) return []
  return [
    {
      place: header.place,
      other: inner.place,
      message: `${front} takes heads of at most ${said(header)}; ${behind} passes up to ${bytesText(inner.value)} on (${settingText(inner)}).`,
      fix: `Give ${front} a buffer as large as that of ${behind}.`,
      change: changeAt(header.place, !header.isDefault, writeSetting(header, inner.value)),
    },
  ]
}

/** Debian's and everybody's default: read and write for owner and group. */
const MODE = '0660'

function findPermission({ hop, target, service }: Link, configs: readonly NginxConfig[]): Hit[] {
  if (service.server !== 'php-fpm' || target.kind !== 'unix' || hop.server !== 'nginx') return []
  const user = configs.map(({ root }) => root.own('user')).find((directive) => directive !== null)
  const name = user?.words[0]?.text
  if (user === undefined || name === undefined || name === 'root') return []
  const line = (setting: string): string | null => fpmLine(service as FpmPool, setting)?.words[0]?.text ?? null
  const mode = line('listen.mode') ?? MODE
  if (line('listen.acl_users') !== null || line('listen.acl_groups') !== null || mayWrite(mode, 1)) return []
  const [owner, group] = [line('listen.owner') ?? 'root', line('listen.group') ?? 'root']
  const isOwner = owner === name && mayWrite(mode, 3)
  const isMember = [name, user.words[1]?.text].includes(group) && mayWrite(mode, 2)
  if (isOwner || isMember) return []
  const place = (fpmLine(service as FpmPool, 'listen.owner') ?? fpmLine(service as FpmPool, 'listen'))?.place ?? service.place
  return [
    {
      place,
      other: user.place,
      message: `The socket ${target.path} belongs to ${owner}:${group} with mode ${mode}; nginx runs as ${name}${mayWrite(mode, 2) ? `, and may connect only if ${name} is in the group ${group}` : ', and may not connect'}.`,
      fix: `Give the socket to the user of nginx.`,
      change: changeAt(place, true, `listen.owner = ${name}`, `listen.group = ${user.words[1]?.text ?? name}`, `listen.mode = ${MODE}`),
    },
  ]
}

/** The digit counted from the end: 3 the owner, 2 the group, 1 the others. */
function mayWrite(mode: string, digit: 1 | 2 | 3): boolean {
  return (Number(mode.at(-digit) ?? '0') & 2) !== 0
}

function findPinned({ hop, service }: Link): Hit[] {
  if (service.server !== 'php-fpm' || hop.keep === null || hop.server !== 'nginx') return []
  const { children } = service as FpmPool
  const keepalive = (hop as NginxHop).upstream?.scope.own('keepalive') ?? null
  const kept = readCount(keepalive?.words[0]?.text ?? '')
  if (children === null || keepalive === null || kept === null || kept < children.value) return []
  return [
    {
      place: keepalive.place,
      other: children.place,
      message: `Each worker process of nginx keeps up to ${kept} connections to a pool of ${children.value} children (${settingText(children)}).`,
      fix: 'Keep fewer connections than the pool has children, counted over all worker processes, or none: FastCGI on one machine gains little by it.',
      change: changeAt(keepalive.place, true, `keepalive ${Math.max(1, Math.floor(children.value / 4))};`),
    },
  ]
}

function findCutBacklog({ facts, fpm, nginx }: Chain): Hit[] {
  const { somaxconn } = facts
  if (somaxconn === null) return []
  const lines = [
    ...fpm.flatMap(({ pools }) => pools.flatMap((pool) => fpmLine(pool, 'listen.backlog') ?? [])),
    ...nginx.flatMap(({ services }) => services.flatMap(({ scope }) => scope.directives.filter(({ name }) => name === 'listen'))),
  ]
  return lines.flatMap((line) => {
    const text = line.words.map((word) => /^(?:backlog=)?(\d+)$/.exec(word.text)?.[1]).findLast((value) => value !== undefined)
    const isMeant = line.name !== 'listen' || line.words.some((word) => word.text.startsWith('backlog='))
    const backlog = readCount(text ?? '')
    if (!isMeant || backlog === null || backlog <= somaxconn) return []
    return [
      {
        place: line.place,
        message: `The backlog of ${backlog} is cut down to net.core.somaxconn, which is ${somaxconn} here.`,
        fix: `Raise the limit of the kernel too: sysctl -w net.core.somaxconn=${backlog}`,
      },
    ]
  })
}
