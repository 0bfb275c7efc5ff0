/** The languages the error page speaks, and the one for a client. */
import { chooseLanguage } from '../../http/accept.ts'
import { GERMAN } from './wording/de.ts'
import { ENGLISH } from './wording/en.ts'
import { SPANISH } from './wording/es.ts'
import { FRENCH } from './wording/fr.ts'
import { JAPANESE } from './wording/ja.ts'
import { PORTUGUESE } from './wording/pt.ts'
import { CHINESE } from './wording/zh.ts'
import type { Wording } from './wording.ts'

/** By primary language subtag: whoever asks for `de-AT` or `zh-TW` is better served by these than by English. */
export const WORDINGS: ReadonlyMap<string, Wording> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['fr', FRENCH],
  ['es', SPANISH],
  ['pt', PORTUGUESE],
  ['zh', CHINESE],
  ['ja', JAPANESE],
])

const LANGUAGES = [...WORDINGS.keys()]

export function wordingFor(acceptLanguage: string): Wording {
  if (acceptLanguage === '') return ENGLISH
  const language = chooseLanguage(acceptLanguage, LANGUAGES)
  return language === null ? ENGLISH : WORDINGS.get(language)!
}
