/** `status`: what the page is called, what it shows, and what is wrong with it. */
import { describe, expect, test } from 'vitest'
import { planOf } from '../../src/config/load.ts'

const SITE = `
upstreams: { shop: { endpoints: ["http://127.0.0.1:1"] }, blog: { endpoints: ["http://127.0.0.1:2"] } }
routes:
  - { host: shop.example.com, path: /find/*, to: blog }
  - { host: shop.example.com, to: shop }
  - { host: old.example.com, to: { redirect: /new } }
  - { to: blog }
`

const load = (status: string) =>
  planOf(`${SITE}status: ${status}`, { file: 'gatewell.yaml', environment: {}, instance: 'i', parallelism: 1 })

describe('services', () => {
  test('are the hosts of the routes where nothing is said of them', () => {
    expect(load('{ host: Status.example.com }').plan?.status).toEqual({
      host: 'status.example.com',
      title: 'Status of shop.example.com',
      services: [
        {
          name: 'shop.example.com',
          parts: [
            { upstream: 'blog', route: 'shop.example.com/find/*' },
            { upstream: 'shop', route: 'shop.example.com/*' },
          ],
        },
        { name: 'Website', parts: [{ upstream: 'blog', route: '/*' }] },
      ],
    })
  })

  test('are upstreams and routes by names that people know', () => {
    const { plan } = load('{ host: s.example.com, title: Example, services: { Shop: shop, Search: [blog, "shop.example.com/find/*"] } }')
    expect(plan?.status).toEqual({
      host: 's.example.com',
      title: 'Example',
      services: [
        { name: 'Shop', parts: [{ upstream: 'shop', route: null }] },
        {
          name: 'Search',
          parts: [
            { upstream: 'blog', route: null },
            { upstream: 'blog', route: 'shop.example.com/find/*' },
          ],
        },
      ],
    })
  })
})

test('the page has a route of its own before all others', () => {
  expect(load('{ host: s.example.com }').plan?.routes.map(({ name }) => name)).toEqual([
    's.example.com/*',
    'shop.example.com/find/*',
    'shop.example.com/*',
    'old.example.com/*',
    '/*',
  ])
})

test.each([
  ['{ host: "*.example.com" }', 'is a pattern, and the page has one name. Write it out: status.example.com.'],
  ['{ host: s.example.com, services: { Shop: shpo } }', 'there is no upstream and no route "shpo".'],
  ['{ host: s.example.com, services: { Shop: [shop, /serach/*] } }', 'there is no upstream and no route "/serach/*".'],
  ['{ host: shop.example.com }', 'is never reached: status.host is "shop.example.com" as well, and the status page comes first.'],
  ['{}', 'is missing.'],
  ['{ host: s.example.com, services: [shop] }', 'must be names and upstreams, not a list.'],
  ['{ host: s.example.com, services: { Shop: [] } }', 'needs for "Shop" the name of an upstream or a route, or a list of such.'],
])('%s is wrong: %s', (status, message) => {
  expect(
    load(status)
      .problems.map((problem) => problem.message)
      .join('\n'),
  ).toContain(message)
})
