/** Switches maintenance on, with words for visitors, and off again. */
import { change } from '../api.ts'
import { status } from '../live.ts'
import { Action } from '../part/action.tsx'

const MINUTE_MS = 60_000
const MESSAGE_MAX = 2_000

/** Of the upstream, or of everything. */
export function maintenanceOf(upstream: string | null): boolean {
  return status.value?.switches.maintenance.some((one) => one.upstream === upstream && one.route === null) ?? false
}

export function MaintenanceAction({ upstream }: { readonly upstream: string | null }) {
  const what = upstream ?? 'everything'
  const where = upstream === null ? {} : { upstream }
  if (maintenanceOf(upstream)) {
    const act = () => change('maintenance', { ...where, state: 'off' })
    return (
      <Action name="End maintenance" about={`of ${what}`} title={`End the maintenance of ${what}?`} deed="End" act={act}>
        <p>Visitors are served again.</p>
      </Action>
    )
  }
  const act = (form: FormData) => {
    const minutes = Number(form.get('minutes'))
    const message = String(form.get('message') ?? '').trim()
    return change('maintenance', {
      ...where,
      state: 'on',
      ...(message !== '' && { message }),
      ...(minutes > 0 && { retryAfterMs: minutes * MINUTE_MS }),
    })
  }
  return (
    <Action name="Maintenance" about={`of ${what}`} title={`Put ${what} into maintenance?`} deed="Begin" act={act}>
      <p>Visitors get a page that says so in their language, with status 503; crawlers are told to come back.</p>
      <label>
        Your words for visitors, if you like
        <textarea name="message" rows={3} maxLength={MESSAGE_MAX} />
      </label>
      <label>
        Minutes that they are told to wait
        <input name="minutes" type="number" min={1} max={10_000} inputMode="numeric" placeholder="10" />
      </label>
    </Action>
  )
}
