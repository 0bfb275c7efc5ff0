/** Asks the gateway: the operations of its admin address, typed by their table. A token, where one is wanted, is kept for this tab only. */
import { signal } from '@preact/signals'
import type { InputOf, NameWith, OutputOf } from '../control/admin/operation-table.ts'

/** `status`: of the refusal, or 0 where no gateway answered. */
export type Refusal = { readonly ok: false; readonly status: number; readonly error: string }
export type Reply<T> = { readonly ok: true; readonly value: T } | Refusal

const TOKEN_KEY = 'gatewell-token'
const UNREACHABLE: Refusal = { ok: false, status: 0, error: 'The gateway cannot be reached. The page goes on trying.' }

/** The gateway wants a token, or another one. */
export const isLocked = signal(false)

export function unlock(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token)
  isLocked.value = false
}

/** A token was given that is not the one. */
export function hasTried(): boolean {
  return sessionStorage.getItem(TOKEN_KEY) !== null
}

export function read<N extends NameWith<'read'>>(name: N, input: InputOf<N>): Promise<Reply<OutputOf<N>>> {
  const given = Object.entries(input as object).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return ask(`${name}${query === '' ? '' : `?${query}`}`)
}

export function change<N extends NameWith<'change'>>(name: N, input: InputOf<N>): Promise<Reply<OutputOf<N>>> {
  return send(name, input)
}

/** For an operation that takes more than fits into an address. */
export function send<T>(name: string, input: unknown): Promise<Reply<T>> {
  return ask(name, { method: 'POST', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } })
}

/** The raw answer: rejects where none came. */
export async function open(path: string, init: RequestInit = {}): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN_KEY)
  const headers = { ...init.headers, ...(token !== null && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(`/api/${path}`, { ...init, headers, cache: 'no-store' })
  if (answer.status === 401) isLocked.value = true
  return answer
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<Reply<T>> {
  let answer: Response
  try {
    answer = await open(path, init)
  } catch {
    return UNREACHABLE
  }
  try {
    const value = await answer.json()
    if (answer.ok) return { ok: true, value: value as T }
    return { ok: false, status: answer.status, error: String((value as { error?: unknown }).error ?? answer.statusText) }
  } catch {
    return { ok: false, status: answer.status, error: 'The gateway answered what this page does not understand. Reload it.' }
  }
}
