/** The looks of the status page: one style sheet inside it, light and dark, and the symbols that say its colours without colour. */
import type { ServiceState } from './service-state.ts'

export const STYLE = `:root{color-scheme:light dark;--bg:#eef1f6;--card:#fff;--ink:#1a2130;--soft:#535e70;--line:#d8dee8;
--up:#1a7446;--down:#b3371b;--partial:#8a5800;--maintenance:#2450c5;--none:#c3cbd8}
@media(prefers-color-scheme:dark){:root{--bg:#0f1218;--card:#181d26;--ink:#e8ecf3;--soft:#a7b1c1;--line:#313a49;
--up:#63d297;--down:#ff9a76;--partial:#f0bd5d;--maintenance:#9db8ff;--none:#3d4757}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:1.25rem;background:var(--bg);color:var(--ink);
font:clamp(1rem,.95rem + .3vw,1.0625rem)/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,footer{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.25rem 1.5rem;padding:.25rem .5rem}
header p,footer p{margin:0;overflow-wrap:anywhere}
header p{font-weight:600}
footer{color:var(--soft);font-size:.875rem;margin-top:1.5rem}
a{color:var(--maintenance);text-underline-offset:.15em}
a:focus-visible{outline:3px solid currentcolor;outline-offset:3px;border-radius:2px}
footer a+a{margin-inline-start:.75rem}
h1,h2,h3,p{margin:0;text-wrap:pretty;overflow-wrap:anywhere}
h1{font-size:clamp(1.5rem,5.5vw,2rem);line-height:1.2;text-wrap:balance}
h2{font-size:1.0625rem;margin:2rem .5rem .625rem}
h3{font-size:1rem;font-weight:600}
ul{list-style:none;margin:0;padding:0}
.first,.services,.incidents,.quiet{background:var(--card);border:1px solid var(--line);border-radius:1.25rem;
box-shadow:0 1px 2px #0001,0 12px 32px -20px #0004}
.first{display:flex;gap:1.25rem;align-items:flex-start;padding:clamp(1.25rem,5vw,2rem);margin-top:1rem;
background:color-mix(in srgb,var(--c) 8%,var(--card));border-color:color-mix(in srgb,var(--c) 45%,var(--card))}
.first p{margin-top:.625rem;white-space:pre-line}
.first svg{flex:none;width:2.75rem;height:2.75rem}
.services li,.incidents li,.quiet{padding:1.125rem clamp(1.125rem,4vw,1.5rem)}
li+li{border-top:1px solid var(--line)}
.services li{display:grid;grid-template-columns:1fr auto;gap:.375rem 1rem;align-items:center}
.bars,.scale{grid-column:1/-1}
.state{display:inline-flex;align-items:center;gap:.4rem;color:var(--c);font-weight:600;font-size:.9375rem}
.state svg{width:1.125rem;height:1.125rem}
svg.bars{display:block;width:100%;height:2.25rem}
.bars .up{fill:var(--up)}.bars .down{fill:var(--down)}.bars .partial{fill:var(--partial)}.bars .none{fill:var(--none)}
.scale{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;color:var(--soft);font-size:.8125rem}
.incidents p,.quiet{color:var(--soft);font-size:.9375rem}
.incidents .open h3{color:var(--down)}
.up{--c:var(--up)}.down{--c:var(--down)}.partial{--c:var(--partial)}.maintenance{--c:var(--maintenance)}
.s{fill:none;stroke:var(--c);stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
@media(max-width:26rem){.first{display:block}.first svg{margin-bottom:.75rem}.scale span:nth-child(2){order:1;flex-basis:100%}}
@media print{body{background:none}}`

/** In units of the picture, which is stretched to the width there is. Days with trouble stand out in height, too. */
export const BAR = { step: 6, width: 4, height: 36, fine: 26, stub: 4 } as const

const symbol = (drawing: string): string =>
  `<svg class="s" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/>${drawing}</svg>`

export const SYMBOLS: Readonly<Record<ServiceState, string>> = {
  up: symbol('<path d="M7.5 12.5l3 3l6-7"/>'),
  partial: symbol('<path d="M12 7v6M12 16.5h.01"/>'),
  down: symbol('<path d="M8.5 8.5l7 7m0-7l-7 7"/>'),
  maintenance: symbol('<path d="M8 12h.01M12 12h.01M16 12h.01"/>'),
}
