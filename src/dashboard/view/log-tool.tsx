/** Reads logs of other servers, and says what their errors come from. */
import type { CauseReport, LogReport, NamedCount } from '../../insight/log/log-report.ts'
import { send } from '../api.ts'
import { counted, shareText } from '../format.ts'
import { CauseName } from '../part/cause-name.tsx'
import { FileDrop } from '../part/file-drop.tsx'
import { notify } from '../part/notice.tsx'
import { RemedyList } from '../part/remedy-list.tsx'
import { ToolResult, useWork } from '../part/tool-result.tsx'

const NAMES_SHOWN = 3

export function LogTool() {
  const [work, run] = useWork<LogReport>()
  return (
    <section class="card tool">
      <h2>Logs: what do their errors come from?</h2>
      <FileDrop
        label="Access and error logs of nginx, Apache, HAProxy, PHP-FPM and a dozen more"
        onFiles={(files) => run(() => send('logs', { files }))}
        onRefusal={(reason) => notify(reason, false)}
      />
      <ToolResult work={work}>{(report) => <Read report={report} />}</ToolResult>
    </section>
  )
}

function Read({ report: { files, requests, errors, causes, unattributed } }: { readonly report: LogReport }) {
  return (
    <>
      <p class="summary">
        {counted(errors, 'error')} in {counted(requests, 'request')}
        {unattributed.count > 0 && `; of ${unattributed.count} the logs do not say why`}.
      </p>
      <ul class="quiet">
        {files.map(({ path, title, format, lines, unparsed, problem }) => (
          <li key={path}>
            <code>{path}</code>: {problem ?? (format === null ? 'no format that is known' : title)}, {counted(lines, 'line')}
            {unparsed > 0 && `, ${unparsed} of them not understood`}
          </li>
        ))}
      </ul>
      {causes.map((cause) => (
        <CauseFound key={cause.cause} found={cause} />
      ))}
    </>
  )
}

function CauseFound({ found }: { readonly found: CauseReport }) {
  const { cause, count, share, events, said, routes, upstreams, examples, remedies } = found
  return (
    <details>
      <summary>
        <CauseName id={cause} /> <b>{count > 0 ? `${counted(count, 'error')}, ${shareText(share)}` : counted(events, 'sign')}</b>
      </summary>
      <p class="quiet">
        {[sayNames('routes', routes), sayNames('upstreams', upstreams), ...said.map(({ name }) => name)].filter(Boolean).join(' · ')}
      </p>
      {examples.map(({ file, line, text }) => (
        <p key={`${file} ${line}`}>
          <small>
            {file}:{line}
          </small>{' '}
          <code>{text}</code>
        </p>
      ))}
      <h3>What to do, likeliest first</h3>
      <RemedyList remedies={remedies} />
    </details>
  )
}

function sayNames(what: string, names: readonly NamedCount[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map(({ name, count }) => `${name} (${count})`)
  return shown.length === 0 ? '' : `${what}: ${shown.join(', ')}`
}
