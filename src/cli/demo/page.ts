/** The page of the demo's site: asks its own server again and again, and draws who answered. Self-contained, light and dark. */

export function renderPage(ordinal: number): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatewell demo</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Two endpoints, one address</h1>
<p>This page came from <b class="e${ordinal}">endpoint ${ordinal}</b> by way of Gatewell. It asks for something four times a second;
each mark below is an answer. Go to the terminal, press <kbd>1</kbd> to kill an endpoint, and watch.</p>
<div id="marks" role="img" aria-label="The latest answers, newest last"></div>
<dl>
<div><dt><i class="e1"></i>from endpoint 1</dt><dd id="e1">0</dd></div>
<div><dt><i class="e2"></i>from endpoint 2</dt><dd id="e2">0</dd></div>
<div><dt><i class="bad"></i>errors</dt><dd id="bad">0</dd></div>
<div><dt>slowest of the latest</dt><dd id="slow">0 ms</dd></div>
</dl>
<p id="note" role="status">No error so far.</p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16202c; --dim: #5b6673; --ground: #f6f7f9; --card: #fff; --line: #dfe3e8; --e1: #2563eb; --e2: #a85500; --bad: #c81e3a }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --dim: #9aa6b2; --ground: #11161c; --card: #1a2129; --line: #2b3540; --e1: #6ea0ff; --e2: #f0a04b; --bad: #ff6b81 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif }
main { width: min(46rem, 100%); background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: clamp(1.25rem, 4vw, 2.5rem) }
h1 { margin: 0 0 .5rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em }
p { margin: 0; color: var(--dim) }
b.e1 { color: var(--e1) } b.e2 { color: var(--e2) }
kbd { font: inherit; font-weight: 600; color: var(--ink); border: 1px solid var(--line); border-bottom-width: 2px; border-radius: .35rem; padding: 0 .45em }
#marks { display: grid; grid-template-columns: repeat(auto-fill, 1rem); gap: .3rem; height: 8.8rem; overflow: hidden; align-content: start; margin: 1.5rem 0 }
i { display: inline-block; width: 1rem; height: 1rem; border-radius: 50% }
i.e1 { background: var(--e1) } i.e2 { background: var(--e2); border-radius: .2rem }
i.bad { background: conic-gradient(from 45deg, var(--bad) 0 50%, transparent 0); border: 2px solid var(--bad); border-radius: .2rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 1rem; margin: 0 0 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line) }
dt { display: flex; align-items: center; gap: .45rem; font-size: .85rem; color: var(--dim); white-space: nowrap }
dt i { width: .7rem; height: .7rem }
dd { margin: 0; font-size: 1.7rem; font-variant-numeric: tabular-nums }
#note.bad { color: var(--bad) }
`

const SCRIPT = `
const marks = document.getElementById('marks'), note = document.getElementById('note')
const counts = { e1: 0, e2: 0, bad: 0 }, latest = []
const show = (kind) => {
  document.getElementById(kind).textContent = ++counts[kind]
  const mark = document.createElement('i')
  mark.className = kind
  marks.append(mark)
  while (mark.offsetTop - marks.offsetTop > 7 * 20) marks.firstChild.remove()
}
const ask = async () => {
  const began = performance.now()
  try {
    const answer = await fetch('/work', { headers: { accept: 'application/json' }, cache: 'no-store' })
    const body = await answer.json()
    if (!answer.ok) throw new Error(answer.status + ', ' + (body.cause || 'no cause given') + ': ' + (body.detail || body.title || ''))
    show('e' + body.endpoint)
  } catch (error) {
    show('bad')
    note.className = 'bad'
    note.textContent = 'The last error: ' + error.message
  }
  latest.push(performance.now() - began)
  if (latest.length > 40) latest.shift()
  document.getElementById('slow').textContent = Math.round(Math.max(...latest)) + ' ms'
}
setInterval(ask, 250)
ask()
`
