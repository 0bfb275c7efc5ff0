/** The top of the page, or its side where it is wide: the gateway's state at a glance, and the way to every view. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { isLive, openIncidents, status } from './live.ts'
import { Icon, type IconName } from './part/icon.tsx'
import { linkTo, route } from './route.ts'

const PLACES: readonly { readonly view: string; readonly name: string; readonly icon: IconName }[] = [
  { view: '', name: 'Overview', icon: 'pulse' },
  { view: 'map', name: 'Map', icon: 'map' },
  { view: 'incidents', name: 'Incidents', icon: 'alert' },
  { view: 'requests', name: 'Requests', icon: 'list' },
  { view: 'upstreams', name: 'Upstreams', icon: 'server' },
  { view: 'config', name: 'Configuration', icon: 'file' },
  { view: 'causes', name: 'Causes', icon: 'book' },
  { view: 'tools', name: 'Tools', icon: 'tool' },
]

export function Header() {
  const list = useRef<HTMLUListElement>(null)
  // On a phone there is no room for all of them.
  useSignalEffect(() => {
    const index = PLACES.findIndex(({ view }) => view === route.value.view)
    list.current?.children[index]?.scrollIntoView({ block: 'nearest', inline: 'center' })
  })
  return (
    <header class="header">
      <a class="brand" href={linkTo('')}>
        <Icon name="gate" />
        Gatewell
      </a>
      <nav aria-label="Views">
        <ul ref={list}>
          {PLACES.map(({ view, name, icon }) => (
            <li key={view}>
              <a href={linkTo(view)} aria-current={route.value.view === view ? 'page' : undefined}>
                <Icon name={icon} />
                {name}
                {view === 'incidents' && openIncidents.value.length > 0 && (
                  <span class="count">
                    {openIncidents.value.length}
                    <span class="unseen"> open</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <State />
    </header>
  )
}

function State() {
  const { version = '', state = 'starting', isDrained = false } = status.value ?? {}
  const text = !isLive.value ? 'Not connected' : isDrained ? 'Drained' : state === 'serving' ? 'Serving' : state
  const mood = !isLive.value ? 'unknown' : isDrained || state !== 'serving' ? 'doubtful' : 'good'
  return (
    <p class="state">
      <span class={`dot ${mood}`} />
      {text}
      <small>{version === '' ? '' : `Gatewell ${version}`}</small>
    </p>
  )
}
