/** Reads configurations of other servers, and names the settings that lead to an error of a gateway. */
import type { LintFinding, LintReport } from '../../insight/lint/lint.ts'
import { send } from '../api.ts'
import { CauseName } from '../part/cause-name.tsx'
import { Command } from '../part/command.tsx'
import { FileDrop } from '../part/file-drop.tsx'
import { notify } from '../part/notice.tsx'
import { ToolResult, useWork } from '../part/tool-result.tsx'

export function LintTool() {
  const [work, run] = useWork<LintReport>()
  return (
    <section class="card tool">
      <h2>Lint: which settings will lead to an error?</h2>
      <FileDrop
        label="Configurations of nginx, Apache, HAProxy, Caddy, PHP-FPM, gunicorn, those of one chain together"
        onFiles={(files) => run(() => send('lint', { files }))}
        onRefusal={(reason) => notify(reason, false)}
      />
      <ToolResult work={work}>{(report) => <Linted report={report} />}</ToolResult>
    </section>
  )
}

function Linted({ report: { findings, files } }: { readonly report: LintReport }) {
  return (
    <>
      <p class="summary">{findings.length === 0 ? 'No setting disagrees with another.' : sayFound(findings.length)}</p>
      <p class="quiet">{files.map(({ path, format }) => `${path} (${format ?? 'unknown'})`).join(', ')}</p>
      {findings.map((finding) => (
        <Found key={`${finding.rule} ${finding.file} ${finding.line}`} finding={finding} />
      ))}
    </>
  )
}

function Found({ finding }: { readonly finding: LintFinding }) {
  const { rule, cause, severity, file, line, source, message, other, fix, change } = finding
  return (
    <article class="finding">
      <p>
        <span class={`badge ${severity === 'error' ? 'bad' : 'doubtful'}`}>{severity}</span> <strong>{message}</strong>
      </p>
      {[{ file, line, source }, ...(other === null ? [] : [other])].map((place) => (
        <p key={`${place.file} ${place.line}`}>
          <small>
            {place.file}:{place.line}
          </small>{' '}
          <code>{place.source.trim()}</code>
        </p>
      ))}
      <p>{fix}</p>
      {change !== null && <Command text={change.add.join('\n')} />}
      <p class="quiet">
        leads to <CauseName id={cause} /> · <code>{rule}</code>
      </p>
    </article>
  )
}

function sayFound(count: number): string {
  return count === 1 ? 'One finding.' : `${count} findings.`
}
