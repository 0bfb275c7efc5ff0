/** All rules of the linter. Each has a bad and a good configuration in test/golden/lint, and a page in docs/reference/lint. */

import { APACHE_RULES } from './rule/apache-rule.ts'
import { APP_RULES } from './rule/app-rule.ts'
import { CADDY_RULES } from './rule/caddy-rule.ts'
import { CHAIN_ADDRESS_RULES } from './rule/chain-address-rule.ts'
import { CHAIN_SIZE_RULES } from './rule/chain-size-rule.ts'
import { CHAIN_TIME_RULES } from './rule/chain-time-rule.ts'
import { HAPROXY_RULES } from './rule/haproxy-rule.ts'
import { NGINX_CONNECTION_RULES } from './rule/nginx-connection-rule.ts'
import { NGINX_REQUEST_RULES } from './rule/nginx-request-rule.ts'
import type { Rule } from './rule.ts'

export const RULES: readonly Rule[] = [
  ...CHAIN_TIME_RULES,
  ...CHAIN_ADDRESS_RULES,
  ...CHAIN_SIZE_RULES,
  ...NGINX_CONNECTION_RULES,
  ...NGINX_REQUEST_RULES,
  ...HAPROXY_RULES,
  ...APACHE_RULES,
  ...CADDY_RULES,
  ...APP_RULES,
]
