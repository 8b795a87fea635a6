// The look of every page: light and dark by the reader's preference, 360 to 1920 pixels wide, and on paper.
import { colourVariables } from "./process-style.ts";

export function pageStyle(processIds: Iterable<string>): string {
  const ids = [...processIds];
  return `
:root{color-scheme:light dark;--paper:#ffffff;--ink:#1f2328;--muted:#59636e;--line:#d1d9e0;--soft:#f3f5f7;--link:#0757b8;--good:#e3f2e6;--poor:#fde8e2;--exact:#dcebfb;${colourVariables(ids, "light")}}
@media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e9edf1;--muted:#a3adb8;--line:#3a434d;--soft:#1e242b;--link:#7db8ff;--good:#1c3a26;--poor:#4a241b;--exact:#17324f;${colourVariables(ids, "dark")}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
header,main,footer{max-width:1360px;margin:0 auto;padding:0 clamp(16px,3vw,40px)}
header{padding-top:28px}
footer{padding-top:12px;padding-bottom:40px}
h1{font-size:clamp(1.5rem,1.1rem + 1.6vw,2.1rem);line-height:1.2;margin:.2em 0 .4em;overflow-wrap:anywhere}
h2{font-size:1.45rem;line-height:1.25;margin:2.2em 0 .4em;padding-top:.5em;border-top:2px solid var(--line);overflow-wrap:anywhere}
h3{font-size:1.1rem;margin:1.8em 0 .5em}
p,ul,ol,dl{max-width:76ch;margin:.5em 0}
li{margin:.25em 0}
a{color:var(--link)}
.brand,.note{color:var(--muted)}
.brand{margin:0;font-weight:600}
.setting{overflow-wrap:anywhere}
.short{padding-left:1.2em;font-size:1.05rem}
.skip{position:absolute;left:-999em}
.skip:focus{position:static}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.tables{display:flex;flex-wrap:wrap;gap:8px 40px;align-items:flex-start}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;margin:.4em 0;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.5em 0}
th,td{padding:.32em .7em;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--line);vertical-align:bottom;white-space:pre-line;font-size:.92em}
tbody th{font-weight:600;white-space:nowrap}
.right{text-align:right;white-space:nowrap}
.verdict{white-space:nowrap}
.verdict b{display:inline-block;padding:0 .5em;border-radius:.7em;font-weight:600;min-width:4.2em}
.exact b{background:var(--exact)}.good b{background:var(--good)}.poor b{background:var(--poor)}.none b{border:1px dashed var(--muted)}
.figures{columns:2 520px;column-gap:28px}
figure{margin:0 0 28px;padding:16px;border:1px solid var(--line);border-radius:8px;min-width:0;break-inside:avoid}
figure h3,figure h4{margin:0 0 .6em;font-size:1.02rem}
figure svg{display:block;width:100%;max-width:640px;min-width:480px;height:auto;margin:0 auto}
.single{columns:1;max-width:960px}.single svg{max-width:900px}
figcaption{font-size:.92rem;margin-top:.7em}
figcaption p{margin:.35em 0}
.save{display:flex;gap:.6em;flex-wrap:wrap;margin-top:.6em}
button{font:inherit;font-size:.88rem;color:var(--ink);background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:.3em .8em;min-height:32px;cursor:pointer}
button:hover{border-color:var(--ink)}
pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:.8em 1em;overflow-x:auto;font-size:.88rem;line-height:1.45;max-width:100%}
code{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace}
details{margin:.6em 0}
summary{cursor:pointer;font-weight:600;padding:.3em 0}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.2em}
dl.facts dt{color:var(--muted)}dl.facts dd{margin:0;overflow-wrap:anywhere}
dl.stacked dt{margin-top:.8em;font-weight:600}dl.stacked dd{margin:.1em 0}
math{font-size:1.08em}
.warnings li{padding-left:.2em}
.warnings code{font-size:.85em;color:var(--muted)}
@media (max-width:560px){dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:.5em}figure{padding:10px}th,td{padding:.3em .45em}}
@media print{:root{--paper:#fff;--ink:#000;--muted:#333;--line:#999;--soft:#fff;--link:#000;--good:#fff;--poor:#fff;--exact:#fff;${colourVariables(ids, "light")}}
body{font-size:10.5pt}.save,.skip,nav{display:none}header,main,footer{max-width:none;padding:0}.figures{columns:1}figure{margin:0 0 14pt}figure svg{min-width:0}pre{white-space:pre-wrap;overflow-wrap:anywhere}
details::details-content{content-visibility:visible;height:auto}h2,h3,h4{break-after:avoid}table{font-size:.82em}th,td{padding:.25em .4em}tbody th,.right,.verdict{white-space:normal}math{font-size:1em}.scroll{overflow:visible}}
`.trim();
}
