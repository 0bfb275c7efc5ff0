/** The looks of the error page: one style sheet inside the page, light and dark, and the drawings of the way to the site. */

export const STYLE = `:root{color-scheme:light dark;--bg:#eef1f6;--card:#fff;--ink:#1a2130;--soft:#535e70;--line:#d8dee8;
--ok:#1a7446;--bad:#b3371b;--wait:#8a5800;--go:#2450c5;--on:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#0f1218;--card:#181d26;--ink:#e8ecf3;--soft:#a7b1c1;--line:#313a49;
--ok:#63d297;--bad:#ff9a76;--wait:#f0bd5d;--go:#9db8ff;--on:#10131a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-content:center;grid-template-columns:minmax(0,36rem);
gap:1.25rem;padding:1.25rem;background:var(--bg);color:var(--ink);
font:clamp(1rem,.95rem + .3vw,1.0625rem)/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{background:var(--card);border:1px solid var(--line);border-radius:1.25rem;padding:clamp(1.5rem,6vw,2.75rem);
box-shadow:0 1px 2px #0001,0 12px 32px -16px #0003}
h1{font-size:clamp(1.45rem,5vw,1.8rem);line-height:1.25;margin:0 0 .75rem;text-wrap:balance}
p{margin:0 0 1rem;text-wrap:pretty}
main>:last-child{margin-bottom:0}
:lang(ja){word-break:auto-phrase}
.lead{font-size:1.125em}
.said{white-space:pre-line;overflow-wrap:break-word}
.soft{color:var(--soft)}
.soft a{color:var(--go)}
ol{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));margin:0 -1rem 2rem;padding:0;list-style:none;
text-align:center;font-size:clamp(.8125rem,.7rem + .5vw,.875rem);line-height:1.35;overflow-wrap:break-word}
li{position:relative;padding:0 .125rem}
li+li::before{content:"";position:absolute;top:1.7rem;right:calc(50% + 2.25rem);
width:calc(100% - 4.5rem);border-top:2px solid var(--ok)}
li.bad::before,li.wait::before{border-top-style:dashed;border-color:var(--c)}
svg{display:block;width:3.5rem;height:3.5rem;margin:0 auto .5rem;fill:none;
stroke:var(--soft);stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
svg circle.b{fill:var(--c);stroke:var(--card);stroke-width:2}
svg path.b{stroke:var(--card);stroke-width:2}
li b{display:block;font-weight:600}
li span{color:var(--c)}
.ok{--c:var(--ok)}.bad{--c:var(--bad)}.wait{--c:var(--wait)}
.note{border-inline-start:3px solid var(--wait);padding-inline-start:.875rem}
.bar{height:4px;border-radius:2px;background:var(--line);overflow:hidden;margin:0 0 1.25rem}
.bar i{display:block;height:100%;background:var(--go);transform-origin:0 0;animation:fill linear both}
@keyframes fill{from{transform:scaleX(0)}}
@media(prefers-reduced-motion:reduce){.bar{display:none}}
.button{display:inline-block;padding:.6rem 1.25rem;border-radius:.75rem;background:var(--go);color:var(--on);
font-weight:600;text-align:center;text-decoration:none}
@media(max-width:30rem){.button{display:block}}
.button:hover{text-decoration:underline}
.button:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
footer{padding:0 .5rem;color:var(--soft);font-size:.875rem}
dl{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:0}
dl div{display:flex;flex-wrap:wrap;gap:0 .4rem}
dd{margin:0;color:var(--ink);overflow-wrap:anywhere}
code{font:inherit;font-family:ui-monospace,Menlo,Consolas,monospace;-webkit-user-select:all;user-select:all}`

/** Inside a `viewBox` of 32: the thing itself, with room for the badge at its lower right. */
export const DEVICE = '<rect x="6" y="7" width="20" height="13" rx="2"/><path d="M3 24h26"/>'
export const INTERNET = '<circle cx="16" cy="16" r="11"/><path d="M5 16h22M16 5c6 6 6 16 0 22c-6-6-6-16 0-22"/>'
export const SITE =
  '<rect x="6" y="5" width="20" height="9" rx="2"/><rect x="6" y="18" width="20" height="9" rx="2"/><path d="M11 9.5h.01M11 22.5h.01"/>'

/** By how a station is: a tick, a cross, or three dots. */
export const BADGES = {
  ok: '<circle class="b" cx="25" cy="25" r="6"/><path class="b" d="M22.4 25.2l1.8 1.8l3.4-3.8"/>',
  bad: '<circle class="b" cx="25" cy="25" r="6"/><path class="b" d="M23 23l4 4m0-4l-4 4"/>',
  wait: '<circle class="b" cx="25" cy="25" r="6"/><path class="b" d="M22 25h.01M25 25h.01M28 25h.01"/>',
} as const
