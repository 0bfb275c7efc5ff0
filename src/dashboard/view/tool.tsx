/** The tools that work without a gateway in front: look at a site from outside, read the logs and the configurations of other servers. */
import { useEffect, useState } from 'preact/hooks'
import { open } from '../api.ts'
import { Pending } from '../part/pending.tsx'
import { DoctorTool } from './doctor-tool.tsx'
import { LintTool } from './lint-tool.tsx'
import { LogTool } from './log-tool.tsx'

const TOOLS = [
  { name: 'doctor', Tool: DoctorTool },
  { name: 'logs', Tool: LogTool },
  { name: 'lint', Tool: LintTool },
] as const

export function Tools() {
  const known = useOperations()
  return (
    <>
      <h1>Tools</h1>
      {known === null ? (
        <Pending refusal={null} />
      ) : (
        TOOLS.filter(({ name }) => known.has(name)).map(({ name, Tool }) => <Tool key={name} />)
      )}
    </>
  )
}

/** What this gateway can be asked: an older one knows less. */
function useOperations(): ReadonlySet<string> | null {
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null)
  useEffect(() => {
    void open('openapi.json')
      .then((answer) => answer.json() as Promise<{ paths: object }>)
      .then(({ paths }) => setKnown(new Set(Object.keys(paths).map((path) => path.replace('/api/', '')))))
      .catch(() => setKnown(new Set()))
  }, [])
  return known
}
