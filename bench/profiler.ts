/**
 * Loaded into each Node process of a profiled command (`node --import`): SIGUSR2 starts the CPU profiler, a second one writes the
 * profile, a file as `--cpu-prof` makes it. So start-up and warm-up stay out, and it works for a process that dies of SIGTERM.
 */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'

const SAMPLE_US = 200

const folder = process.env.GATEWELL_PROFILE_FOLDER

if (folder !== undefined) {
  let session: Session | null = null
  process.on('SIGUSR2', () => {
    session = session === null ? begin() : finish(session, folder)
  })
}

function begin(): Session {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US })
  session.post('Profiler.start')
  return session
}

function finish(session: Session, folder: string): null {
  session.post('Profiler.stop', (error, result) => {
    if (error === null) writeFileSync(join(folder, `${process.pid}.cpuprofile`), JSON.stringify(result.profile))
    session.disconnect()
  })
  return null
}
