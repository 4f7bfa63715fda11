"""How the page of a codebook looks on a screen, a phone and paper, and how its search works. No content."""

STYLE = """
:root { color-scheme: light; --ink: #1d2430; --quiet: #414957; --line: #c9ced6; --soft: #f3f5f8; --link: #0a4680; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 78rem; color: var(--ink);
  background: #fff; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.4rem; margin: 3rem 0 .5rem; padding-top: .75rem; border-top: 3px solid var(--ink); }
h3, nav h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
nav h2 { padding: 0; border: 0; }
p { margin: .25rem 0; max-width: 65rem; }
a { color: var(--link); }
a:focus-visible, input:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: .92em ui-monospace, monospace; }
.quiet { color: var(--quiet); }
.language { font-size: .8em; color: var(--quiet); text-transform: uppercase; margin-right: .4em; }
.warning { border: 2px solid #8a1c1c; background: #fdf0f0; padding: .5rem .75rem; font-weight: 600; }
.status { border-left: 6px solid #8a5a00; background: #fdf6e3; padding: .4rem .75rem; }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .2rem 1rem; margin: .75rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
nav ol { columns: 20rem; column-gap: 2.5rem; padding-left: 1.5rem; }
.search { position: sticky; top: 0; z-index: 1; background: #fff; padding: .6rem 0;
  border-bottom: 1px solid var(--line); }
.search label { font-weight: 600; display: block; }
.search input { width: min(100%, 32rem); font: inherit; padding: .4rem .6rem; border: 1px solid var(--quiet);
  border-radius: 4px; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--soft); }
tbody th { font-weight: 400; }
tbody th code { font-weight: 600; }
section, tr[id], div[id], h3 { scroll-margin-top: 6rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
@media screen and (max-width: 64rem) {
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .4rem; }
  table:not(.narrow), table:not(.narrow) :is(tbody, tr, th, td, caption) { display: block; width: 100%; }
  table:not(.narrow) thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table:not(.narrow) tr { border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0; padding: .3rem; }
  table:not(.narrow) :is(th, td) { border: 0; padding: .2rem .4rem; }
  table:not(.narrow) td[data-head]::before { content: attr(data-head); display: block; color: var(--quiet);
    font-size: .85em; }
  table:not(.narrow) td:empty { display: none; }
  table:not(.narrow) .number { text-align: left; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .search, nav { display: none; }
  th, td { padding: .2rem .35rem; hyphens: auto; }
  a { color: inherit; text-decoration: none; }
  h2 { break-before: page; }
  h2, h3, caption, thead { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
SCRIPT = """
const box = document.getElementById("search");
const told = document.getElementById("found");
const rows = [...document.querySelectorAll("tr.item")];
const parts = [...document.querySelectorAll("section.instrument")];
const others = [...document.querySelectorAll("section:not(.instrument)")];
box.closest(".search").hidden = false;
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let n = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    n += row.hidden ? 0 : 1;
  }
  for (const part of parts) {
    part.hidden = words.length > 0 && !part.querySelector("tr.item:not([hidden])");
  }
  for (const other of others) {
    other.hidden = words.length > 0;
  }
  told.textContent = words.length ? `${n} of ${rows.length} items` : "";
});
"""
