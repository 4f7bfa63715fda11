"""What the whole document needs and Streamlit offers no way to say: its language, the way past the menu, its style."""

import json
from pathlib import Path

import streamlit as st

from dashboard.palette import style_of_charts
from dashboard.wording import Words

STYLE = f"<style>{(Path(__file__).parent / 'style.css').read_text(encoding='utf-8')}\n{style_of_charts()}</style>"
_SCRIPT = """<script>
document.documentElement.lang = %(language)s
document.readerWords = {skip: %(skip)s, table: %(table)s}
if (!document.helpReaders) {
    document.helpReaders = () => {
        const {skip, table} = document.readerWords
        for (const link of document.querySelectorAll('[data-testid=stSkipToContent]'))
            if (link.textContent !== skip) link.textContent = skip
        for (const box of document.querySelectorAll('.figures')) {
            const isWide = box.scrollWidth > box.clientWidth
            for (const [name, value] of [['tabindex', '0'], ['role', 'region'], ['aria-label', table]])
                if (!isWide) box.removeAttribute(name)
                else if (box.getAttribute(name) !== value) box.setAttribute(name, value)
        }
    }
    let planned
    const helpOnce = () => {
        clearTimeout(planned)
        planned = setTimeout(document.helpReaders, 150)
    }
    new MutationObserver(helpOnce).observe(document.body, {childList: true, subtree: true})
    addEventListener('resize', helpOnce)
    document.addEventListener('toggle', helpOnce, true)
}
document.helpReaders()
</script>"""


def dress(words: Words) -> None:
    """Give the document of a page run its style, and what helps those who do not see it or have no mouse.

    It says the language to programs that read aloud, offers the way past the menu in it, and lets keys scroll a table
    that is wider than the screen.
    """
    told = {"language": words.language, "skip": words.say("skip"), "table": words.say("as_table")}
    st.html(_SCRIPT % {name: json.dumps(text) for name, text in told.items()}, unsafe_allow_javascript=True)
    st.html(STYLE)
