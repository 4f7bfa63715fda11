"""What the whole document needs and Streamlit offers no way to say: its language, the way past the menu, its style."""

import json
from pathlib import Path

from dashboard.palette import style_of_charts
from dashboard.wording import Words

STYLE = f"<style>{(Path(__file__).parent / 'style.css').read_text(encoding='utf-8')}\n{style_of_charts()}</style>"
_SCRIPT = """<script>
document.documentElement.lang = %(language)s
document.querySelectorAll('[data-testid=stSkipToContent]').forEach(link => { link.textContent = %(skip)s })
document.tableName = %(table)s
if (!document.tableWatch) {
    document.tableWatch = () => document.querySelectorAll('[data-testid=stTable] > div').forEach(box => {
        const isWide = box.scrollWidth > box.clientWidth
        const wanted = isWide ? {tabindex: '0', role: 'region', 'aria-label': document.tableName} : {}
        for (const name of ['tabindex', 'role', 'aria-label'])
            if (!(name in wanted)) box.removeAttribute(name)
            else if (box.getAttribute(name) !== wanted[name]) box.setAttribute(name, wanted[name])
    })
    new MutationObserver(document.tableWatch).observe(document.body, {childList: true, subtree: true})
    addEventListener('resize', document.tableWatch)
    document.addEventListener('toggle', document.tableWatch, true)
}
document.tableWatch()
</script>"""


def script(words: Words) -> str:
    """Return the script of a page run in a language.

    It says the language to programs that read aloud, offers the way past the menu in it, and lets keys scroll a table
    that is wider than the screen.
    """
    told = {"language": words.language, "skip": words.say("skip"), "table": words.say("as_table")}
    return _SCRIPT % {name: json.dumps(text) for name, text in told.items()}
