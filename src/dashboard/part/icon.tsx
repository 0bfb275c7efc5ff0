/** Small drawings beside words. They say nothing that the words do not. */

const PATHS = {
  gate: 'M4 20V11a8 8 0 0 1 16 0v9M9 20v-7a3 3 0 0 1 6 0v7',
  pulse: 'M3 12h4l3-8 4 16 3-8h4',
  map: 'M5 12h5m0 0 5-5h4m-9 5 5 5h4M5 12a1.5 1.5 0 1 0-3 0 1.5 1.5 0 0 0 3 0Z',
  alert: 'M12 4 2.5 20h19L12 4Zm0 6v4m0 3v.1',
  list: 'M8 6h13M8 12h13M8 18h13M3 6h.1M3 12h.1M3 18h.1',
  server: 'M4 4h16v6H4zM4 14h16v6H4zM8 7h.1M8 17h.1',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5M9 13h6M9 17h6',
  book: 'M4 5a2 2 0 0 1 2-2h13v15H6a2 2 0 0 0-2 2V5Zm0 15a2 2 0 0 0 2 2h13v-4',
  tool: 'M14.5 6.5a4 4 0 0 0-5.3 5L3 17.7 6.3 21l6.2-6.2a4 4 0 0 0 5-5.3l-2.7 2.7-2.5-2.5 2.7-2.7Z',
  copy: 'M8 8h12v12H8zM16 8V4H4v12h4',
  done: 'm4 12 5 5L20 6',
  next: 'm9 5 7 7-7 7',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
