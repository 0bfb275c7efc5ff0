/** What a rule is, and all of them. A finding says where, what is wrong and what to do instead. */
import { acyclic, arrows, packages } from './arrow.ts'
import { bannedCalls, consoles, environment, inheritance, markers, privacy, staleAllowances } from './ban.ts'
import { barrels, columns, fileLength, fileNames, functionLength, headers, median, typeNames } from './shape.ts'
import type { Source } from './source.ts'

export type Finding = { readonly path: string; readonly line: number; readonly message: string }
export type Rule = (sources: readonly Source[]) => Finding[]

/** By the sentence that the test is called by. */
export const RULES: Readonly<Record<string, Rule>> = {
  'a folder imports only from folders above it': arrows,
  'a package is imported only where it belongs': packages,
  'no file imports itself by way of others': acyclic,
  'files are named in kebab-case, for what they hold': fileNames,
  'types are named for what they are': typeNames,
  'no file only passes on what others export': barrels,
  'a file has at most 400 lines': fileLength,
  'half of the files have at most 80 lines': median,
  'a line has at most 140 columns': columns,
  'a function has at most 70 lines': functionLength,
  'a file opens by saying what it is, in one to five lines': headers,
  'hot folders take no time, timers, URLs or JSON from the runtime': bannedCalls,
  'every exception from that is still needed': staleAllowances,
  'only the command line prints': consoles,
  'only the configuration and the command line read the environment': environment,
  'nothing is left for later': markers,
  'only errors inherit': inheritance,
  'what is private is #private': privacy,
}
