import type { Case } from './case.ts'
export const NGINX_OWN_CASES: readonly Case[] = []
