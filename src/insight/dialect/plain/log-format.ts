/** Access logs that many servers write the same way: Apache, nginx, gunicorn, Varnish, Gatewell. Whose one is, its lines do not tell. */
import { clfEntry, readClf } from '../../log/clf.ts'
import type { LogFormat } from '../../log/format.ts'

const LINE = { dialect: 'plain', kind: 'access', specificity: 1, quick: { kind: 'clf' } } as const

export const PLAIN_FORMATS: readonly LogFormat[] = [
  {
    ...LINE,
    name: 'combined',
    title: 'access log, combined',
    parse: (line) => {
      const clf = readClf(line)
      return clf?.isCombined === true && clf.vhost === undefined ? clfEntry(clf, 'plain') : null
    },
  },
  {
    ...LINE,
    name: 'vhost-combined',
    title: 'access log, combined, with the name of the site',
    parse: (line) => {
      const clf = readClf(line)
      return clf?.isCombined === true && clf.vhost !== undefined ? clfEntry(clf, 'plain') : null
    },
  },
  {
    ...LINE,
    name: 'common',
    title: 'access log, common',
    parse: (line) => {
      const clf = readClf(line)
      return clf === null || clf.isCombined ? null : clfEntry(clf, 'plain')
    },
  },
]
