/** The page: who we are, where one can go, and the view that was chosen. */
import { useSignalEffect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useRef } from 'preact/hooks'
import { isLocked } from './api.ts'
import { Header } from './header.tsx'
import { announcement, openIncidents } from './live.ts'
import { Notice } from './part/notice.tsx'
import { type Route, route } from './route.ts'
import { CauseList } from './view/cause-list.tsx'
import { CausePage } from './view/cause-page.tsx'
import { Configuration } from './view/configuration.tsx'
import { GatewayMap } from './view/gateway-map.tsx'
import { IncidentList } from './view/incident-list.tsx'
import { IncidentPage } from './view/incident-page.tsx'
import { Lock } from './view/lock.tsx'
import { Lost } from './view/lost.tsx'
import { Overview } from './view/overview.tsx'
import { RequestList } from './view/request-list.tsx'
import { RequestPage } from './view/request-page.tsx'
import { Tools } from './view/tool.tsx'
import { UpstreamList } from './view/upstream-list.tsx'

type View = ComponentType<{ readonly id: string }>

/** By the name in the address: what is shown without an id, and with one. */
const VIEWS: Readonly<Record<string, { readonly title: string; readonly all: View; readonly one?: View }>> = {
  '': { title: 'Overview', all: Overview },
  map: { title: 'Map', all: GatewayMap },
  incidents: { title: 'Incidents', all: IncidentList, one: IncidentPage },
  requests: { title: 'Requests', all: RequestList, one: RequestPage },
  upstreams: { title: 'Upstreams', all: UpstreamList },
  config: { title: 'Configuration', all: Configuration },
  causes: { title: 'Causes', all: CauseList, one: CausePage },
  tools: { title: 'Tools', all: Tools },
}

export function App() {
  const main = useRef<HTMLElement>(null)
  const shown = useRef('')
  useSignalEffect(() => {
    const { view, id } = route.value
    const open = openIncidents.value.length
    document.title = `${open === 0 ? '' : `(${open}) `}${id === '' ? (VIEWS[view]?.title ?? 'Not found') : id} – Gatewell`
    const place = `${view}/${id}`
    // Not at the beginning: who has just opened the page is at its top.
    if (shown.current !== '' && shown.current !== place) {
      scrollTo(0, 0)
      main.current?.focus({ preventScroll: true })
    }
    shown.current = place
  })
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header />
      <main id="main" tabIndex={-1} ref={main}>
        {isLocked.value ? <Lock /> : viewOf(route.value)}
      </main>
      <Notice />
      <p class="unseen" role="status">
        {announcement}
      </p>
    </>
  )
}

function viewOf({ view, id }: Route) {
  const known = VIEWS[view]
  const Chosen = (id === '' ? known?.all : known?.one) ?? Lost
  return <Chosen key={`${view}/${id}`} id={id} />
}
