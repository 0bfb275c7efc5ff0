import type { Case } from './case.ts'
export const NGINX_PHP_CASES: readonly Case[] = []
