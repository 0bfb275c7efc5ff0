/** How the report looks, on a screen, on a phone and on paper. */

export const STYLE = `
:root{--text:#1b1f24;--faint:#5d6673;--back:#f6f7f9;--card:#fff;--line:#dde1e6;--accent:#3867d6;--bad:#b3261e;--well:#14683a;--code:#f1f3f6;
--c1:#c0392b;--c2:#2f6fb3;--c3:#b9770e;--c4:#6c4fa3;--c5:#17806d;--c6:#8c5a3c}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ee;--faint:#9aa5b4;--back:#12151a;--card:#1a1f26;--line:#323944;--accent:#7ea6ff;--bad:#ff8a80;
--well:#6fdc9c;--code:#232933;--c1:#ef7d72;--c2:#6fb1f5;--c3:#f0b44c;--c4:#b79cf0;--c5:#4fc7b0;--c6:#d3a27f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,footer{max-width:1040px;margin:0 auto;padding:0 20px}
header{padding-top:32px}
.brand{margin:0;font-weight:700}.brand span{color:var(--faint);font-weight:400;margin-left:.4em}
h1{font-size:2rem;line-height:1.2;margin:.3em 0 .1em}h1.bad{color:var(--bad)}h1.well{color:var(--well)}h1 small{font-size:1.1rem;font-weight:400;color:var(--faint)}
.span{margin:0 0 20px}.faint{color:var(--faint)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 24px;margin:0 0 20px}
h2{font-size:1.25rem;line-height:1.3;margin:0}
h2 i{width:.7em;height:.7em;border-radius:3px;display:inline-block;margin-right:.5em}
h2 small{margin-left:.4em;white-space:nowrap;font-weight:400;color:var(--faint);font-size:1rem}
h3{font-size:1rem;margin:1.4em 0 .4em}
.id{margin:.1em 0 .6em;color:var(--faint)}p{margin:.5em 0}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--code);border-radius:8px;padding:8px 12px;margin:.4em 0;overflow-x:auto;white-space:pre}
.chart{width:100%;height:auto;display:block;margin:12px 0}.chart .grid line{stroke:var(--line)}.chart text{fill:var(--faint);font:12px system-ui,sans-serif}
.pulse{width:100%;height:40px;display:block;margin:12px 0}
.legend{list-style:none;margin:12px 0 0;padding:0;display:grid;gap:6px}
.legend li{display:grid;grid-template-columns:minmax(0,1fr) auto 4.5em 30%;gap:12px;align-items:center}
.legend .faint{text-align:right}
a{color:inherit;text-decoration-color:var(--faint);text-underline-offset:3px}
a:focus-visible,pre:focus-visible,.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.share{display:block;height:8px;border-radius:4px;background:var(--line);overflow:hidden}.share span{display:block;height:100%;border-radius:4px}
.said{margin:.4em 0;padding-left:1.2em}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:8px 28px;margin-top:12px}
table{border-collapse:collapse;width:100%;font-size:.9rem;align-self:start;table-layout:fixed}
caption{text-align:left;font-weight:600;padding:6px 0}
th[scope=row]{font-weight:400;text-align:left;overflow-wrap:anywhere}
td,th{padding:3px 8px 3px 0;vertical-align:top}
.facts td:nth-child(2){width:5.5em;text-align:right}.facts .bar{width:28%;padding-top:10px}
.remedies{padding-left:1.3em;margin:.4em 0}.remedies li{margin:.5em 0}
.example{border-left:3px solid var(--line);padding-left:12px;margin:10px 0}.place{margin:.2em 0;font-size:.85rem;color:var(--faint);overflow-wrap:anywhere}
.wide{overflow-x:auto}.files{table-layout:auto;margin-top:8px}.files th[scope=col]{text-align:left;font-weight:600}.files .number{text-align:right}
.unread code{color:var(--faint);overflow-wrap:anywhere}td.bad{color:var(--bad)}
footer{color:var(--faint);font-size:.85rem;padding-bottom:32px}
@media (max-width:640px){section{padding:16px}.legend li{grid-template-columns:minmax(0,1fr) auto 4em}.legend .share{display:none}.chart text{font-size:26px}h1{font-size:1.6rem}}
@media print{body{background:#fff}section{break-inside:avoid-page;border-color:#ccc}}
`
