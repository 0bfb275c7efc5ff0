/** The reference of the linter: a page for each rule, the table of all, the defaults they rest on. From the tables and the golden files. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KNOWN_CAUSES } from '../src/causes/foreign-catalogue.ts'
import { valueText } from '../src/insight/dialect/hop.ts'
import { EDGES, SETTING_DEFAULTS, type ServerName, type SettingDefault } from '../src/insight/dialect/setting-default.ts'
import { lint } from '../src/insight/lint/lint.ts'
import type { Rule } from '../src/insight/lint/rule.ts'
import { RULES } from '../src/insight/lint/rule-table.ts'
import { nameOf } from '../src/insight/lint/wording.ts'
import { origin, type Page, table } from './page.ts'

const GOLDEN = join(import.meta.dirname, '../test/golden/lint/rule')

const SEVERITIES = {
  error: 'requests fail, always or for some visitors',
  warning: 'they will, under load, at a restart or after a while',
  note: 'a default or a habit that has its day; shown with `--notes`',
} as const satisfies Record<Rule['severity'], string>

export function lintPages(): Page[] {
  return [makeIndex(), makeDefaults(), ...RULES.map((rule) => ({ path: `lint/${rule.id}.md`, text: makePage(rule) }))]
}

function makeIndex(): Page {
  const rows = RULES.map(({ id, cause, severity, server, compares }) => [
    `[\`${id}\`](lint/${id}.md)`,
    serverText(server),
    severity,
    compares,
    causeLink(cause, ''),
  ])
  return {
    path: 'lint.md',
    text: `# Lint

${origin('src/insight/lint/rule-table.ts')}

\`gatewell lint FILE|DIR…\` reads configurations of servers that stand one behind the other, and says what in them leads to an error: the
cause, the two settings that disagree, and the change to make. These are its ${RULES.length} rules; what servers do where nothing is said is in
[defaults](lint/defaults.md).

${Object.entries(SEVERITIES)
  .map(([severity, meaning]) => `- **${severity}**: ${meaning}.`)
  .join('\n')}

${table(['rule', 'of', 'severity', 'compares', 'leads to'], rows)}

No file says how many connections a database takes, when a deploy takes a server out of a load balancer, how long firewalls on the way
keep silent connections, or how large the answers of an app are. \`gatewell doctor\` and \`gatewell logs\` see those.
`,
  }
}

function makePage(rule: Rule): string {
  const { id, cause, severity, server, compares, because, since, until } = rule
  const [finding] = lint(...goldenOf(`${id}/bad`)).findings.filter((one) => one.rule === id)
  const versions = [...(since === undefined ? [] : [`from ${since} on`]), ...(until === undefined ? [] : [`before ${until}`])]
  return `# ${id}

${origin('src/insight/lint/rule-table.ts')}

Compares ${compares}.

${because}

${table(
  ['', ''],
  [
    ['Leads to', causeLink(cause, '../')],
    ['Severity', `${severity}: ${SEVERITIES[severity]}`],
    ['Of', `${serverText(server)}${versions.length === 0 ? '' : `, ${versions.join(' and ')}`}`],
  ],
)}

## What is wrong

${filesText(`${id}/bad`)}

${finding === undefined ? '' : `> ${finding.message}\n>\n> ${finding.fix}`}

## What is right

${filesText(`${id}/good`)}
`
}

function serverText(server: Rule['server']): string {
  return server === 'chain' ? 'two servers' : nameOf(server)
}

function causeLink(cause: Rule['cause'], lead: string): string {
  return `[\`${cause}\`](${lead}causes/${cause}.md): ${KNOWN_CAUSES[cause].title}`
}

function pathsOf(folder: string): string[] {
  const entries = globSync('**/*', { cwd: join(GOLDEN, folder), withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(join(GOLDEN, folder).length + 1)).sort()
}

function goldenOf(folder: string): Parameters<typeof lint> {
  const files = pathsOf(folder).filter((path) => path !== 'options.json')
  const options = join(GOLDEN, folder, 'options.json')
  return [
    files.map((path) => ({ path, text: readFileSync(join(GOLDEN, folder, path), 'utf8') })),
    existsSync(options) ? JSON.parse(readFileSync(options, 'utf8')) : {},
  ]
}

/** What nginx needs besides to pass anything on to FastCGI says nothing here. */
const USUAL = new Set(['options.json', 'fastcgi_params'])

function filesText(folder: string): string {
  return pathsOf(folder)
    .filter((path) => !USUAL.has(path))
    .map((path) => `\`${path}\`\n\n\`\`\`\n${readFileSync(join(GOLDEN, folder, path), 'utf8').trimEnd()}\n\`\`\``)
    .join('\n\n')
}

const ROLES = {
  connect: 'to wait for a connection',
  answer: 'to wait for an answer',
  keep: 'to keep an idle connection to the server behind',
  offer: 'to keep an idle connection of a client',
  work: 'to work on a request before it is ended',
  header: 'the largest head of an answer',
  body: 'the largest body of a request',
  slots: 'how many requests at a time',
  backlog: 'how many connections wait to be accepted',
} as const

function makeDefaults(): Page {
  const rows = (Object.keys(SETTING_DEFAULTS) as ServerName[]).flatMap((server) =>
    Object.entries<SettingDefault>(SETTING_DEFAULTS[server]).map(([role, { name, value, unit, note }]) => [
      nameOf(server),
      ROLES[role as keyof typeof ROLES],
      `\`${name}\``,
      valueText(value, unit),
      note ?? '',
    ]),
  )
  const edges = Object.entries(EDGES).map(([id, { name, keepS, answerS }]) => [
    `\`${id}\``,
    name,
    valueText(keepS, 's'),
    valueText(answerS, 's'),
  ])
  return {
    path: 'lint/defaults.md',
    text: `# Defaults of servers

${origin('src/insight/dialect/setting-default.ts')}

What servers do where nothing is said; the linter compares with these.

${table(['server', 'what', 'setting', 'default', ''], rows)}

## Load balancers

They have no file to read. \`gatewell lint --behind NAME\` takes one to be in front.

${table(['name', '', 'keeps idle connections', 'waits for an answer'], edges)}
`,
  }
}
