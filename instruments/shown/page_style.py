"""How the page of a questionnaire looks: light and dark, phone, desktop and paper."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b2330;--soft:#525d6d;--line:#d4dae2;--paper:#fff;--back:#f4f6f9;--tint:#e8eef7;
--accent:#1d4f91;--warn:#fff4d6;--warn-line:#b98900}
@media (prefers-color-scheme:dark){:root{--ink:#e9edf3;--soft:#aab4c2;--line:#3a4453;--paper:#1b222c;--back:#12171e;
--tint:#243044;--accent:#9cc2f5;--warn:#3a3010;--warn-line:#d8ab2a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:64rem;background:var(--back);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
h1{font-size:1.75rem;line-height:1.2;margin:.2rem 0 1rem}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}
h3{font-size:1.05rem;line-height:1.35;margin:0 0 .4rem}
p{margin:0 0 .6rem}
code{font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--soft)}
main>section{margin:2rem 0 0}
.kind,.note,.prompting{color:var(--soft);margin-bottom:.4rem}
.prompting{font-size:.9rem;font-style:italic}
.lead{font-size:1.08rem}
.status{background:var(--warn);border-left:.3rem solid var(--warn-line);padding:.6rem .9rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:1.1rem;margin:1.2rem 0 0}
article.card{margin-top:.8rem}
.card>:last-child{margin-bottom:0}
.number{color:var(--accent);font-weight:700;margin-right:.25rem}
.stem{font-weight:600}
.definition{background:var(--tint);border-radius:.4rem;padding:.9rem 1rem;font-size:1.08rem;margin:0}
dl{display:grid;grid-template-columns:11rem 1fr;gap:.35rem 1rem;margin:.6rem 0 0}
dt{color:var(--soft)}
dd{margin:0}
.grid{width:100%;border-collapse:collapse;margin:0 0 1.2rem;table-layout:fixed}
.grid caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.grid thead td{width:40%}
.grid th{font-weight:400;text-align:left;vertical-align:top;padding:.55rem .25rem}
.grid thead th{font-size:.8rem;line-height:1.25;text-align:center;vertical-align:bottom;color:var(--soft)}
.grid thead .code{display:block;font-weight:700;color:var(--ink)}
.grid tbody tr{border-top:1px solid var(--line)}
.grid tbody td{text-align:center;vertical-align:middle}
.grid tbody td::before{content:"";display:inline-block;width:1.05rem;height:1.05rem;border:1.5px solid var(--soft);
border-radius:50%}
.grid tbody td.out::before{border-style:dashed}
.marks{font-size:.85rem;color:var(--soft);margin-top:.15rem}
.mark{display:inline-block;background:var(--tint);border-radius:.6rem;padding:0 .5rem;margin:.1rem .1rem 0 0;
font-size:.8rem;color:var(--ink)}
.parallel{font-size:.92rem;margin-top:.35rem;padding-left:.7rem;border-left:2px solid var(--line)}
.answer{color:var(--soft)}
.options,.plain{list-style:none;padding:0;margin:.2rem 0 1.1rem}
.options li{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:.1rem .7rem;
margin:.15rem .2rem .15rem 0}
.options li.out{border-style:dashed;color:var(--soft)}
.options .code{font-weight:700}
.plain li{border-top:1px solid var(--line);padding:.55rem 0}
.text{margin:0}
.narrow{display:none}
main>section>ul{padding-left:1.2rem}
main>section>ul>li{margin-bottom:.6rem}
@media (max-width:44rem){
body{padding:1rem .75rem 3rem}
h1{font-size:1.45rem}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}
.narrow{display:block}
.grid,.grid tbody,.grid tr,.grid th{display:block}
.grid thead,.grid tbody td{display:none}
.grid th{padding:.55rem 0}
}
@media print{body{background:none;max-width:none;padding:0}.card{break-inside:avoid;border-color:#999}}
"""
