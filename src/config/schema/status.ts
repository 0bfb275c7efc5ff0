/** The schema of `status`: the page that tells visitors how the services are. Names that lead nowhere are found in `check-status.ts`. */
import * as z from 'zod'
import { host } from '../scalar.ts'

const Part = z.string().min(1)

export const Status = z.strictObject({
  host: host().describe('The name under which the page is found, on every address of `listen`: `status.example.com`.'),
  title: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('What stands above it. Without it: "Status of" and the names of the routes.'),
  services: z
    .record(z.string().min(1).max(80), z.union([Part, z.array(Part).min(1)]))
    .optional()
    .describe(
      'What visitors know by a name, and the upstreams or routes it consists of: `{ Shop: shop, Search: [search, "shop.example.com/find/*"] }`. Without it: a service for each host of the routes.',
    ),
})
