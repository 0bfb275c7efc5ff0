import type { Case } from './case.ts'
export const NGINX_TLS_CASES: readonly Case[] = []
