/** All servers that are known, by id: those that run apps, those in front of them, and services that people rent. */
import { APP_ORIGINS } from './app-origin.ts'
import { CLOUD_ORIGINS } from './cloud-origin.ts'
import type { Origin } from './origin.ts'
import { PROXY_ORIGINS } from './proxy-origin.ts'

export type ServerId = keyof typeof APP_ORIGINS | keyof typeof PROXY_ORIGINS | keyof typeof CLOUD_ORIGINS

export const ORIGINS: Readonly<Record<ServerId, Origin>> = { ...APP_ORIGINS, ...PROXY_ORIGINS, ...CLOUD_ORIGINS }

export const SERVER_IDS = Object.keys(ORIGINS) as ServerId[]

export function isServerId(name: string): name is ServerId {
  return Object.hasOwn(ORIGINS, name)
}
