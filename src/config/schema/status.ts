/** The schema of `status`: the page that tells visitors how the services are. Names that lead nowhere are found in `check-status.ts`. */
import * as z from 'zod'
import { host, scalar } from '../scalar.ts'
import { parseServices } from '../service-text.ts'

export const Status = z.strictObject({
  host: host().describe('The name under which the page is found, on every address of `listen`: `status.example.com`.'),
  title: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('What stands above it. Without it: "Status of" and the names of the routes.'),
  services: scalar(parseServices, { title: 'names and upstreams', type: 'object' })
    .optional()
    .describe(
      'What visitors know by a name, and the upstreams or routes it consists of: `{ Shop: shop, Search: [search, "shop.example.com/find/*"] }`. Without it: a service for each host of the routes.',
    ),
})
