"""What every page shares: the release and the words it shows, choices kept in the address, tables, notes.

Put here the furniture of pages; not their content.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.html_table import html_table
from dashboard.legend import Entry, legend
from dashboard.queries import Release
from dashboard.wording import Words

_MARKDOWN = re.compile(r"([\\`*_\[\]$<>|~#:])")
_BEGINS_LIST = re.compile(r"^(\d*)([.)+-])(?=\s)")


@dataclass(frozen=True, eq=False)
class Page:
    """What page runs show of one release to one kind of viewer in one language.

    Attributes:
        release: The release.
        words: The language, with the study's texts.
        manifest: Properties of the release.
        waves: Waves in order of time.
        groups: Respondent groups in the study's order.
    """

    release: Release
    words: Words
    manifest: Mapping[str, str]
    waves: Sequence[str]
    groups: Sequence[str]

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells the page's content from that of every other: release file, viewer's permission, language."""
        seen = self.release.permission
        units = () if seen.whole_release else ("of units", *sorted(seen.units))
        return (self.release.file, self.release.sha256, self.words.language, *units)

    def wave(self, wave: str) -> str:
        """Return a wave's title."""
        return self.words.title("wave_title", wave)

    def group(self, group: str) -> str:
        """Return a respondent group's title."""
        return self.words.title("group_title", group)

    def scale(self, scale: str) -> str:
        """Return a scale's title."""
        return self.words.title("scale_title", scale)

    def arranged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Sort rows by respondent group, then wave, in the page's order."""
        place = {name: position for order in (self.groups, self.waves) for position, name in enumerate(order)}
        return rows.sort_values(["respondent_group", "wave"], key=lambda names: names.map(place), kind="stable")


def names_in(text: str) -> list[str]:
    """Return the names in a property of the manifest, whatever separates them."""
    return re.findall(r"[\w-]+", text)


def in_order(found: Sequence[str], declared: Sequence[str]) -> list[str]:
    """Sort names as declared in the manifest, undeclared ones last by alphabet."""
    known = [name for name in declared if name in found]
    return known + sorted(set(found) - set(known))


def plain(text: str) -> str:
    """Write a study's text so that Markdown shows it letter by letter."""
    return _BEGINS_LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))


def without_marks(name: str) -> str:
    """Return a name without characters that cannot be seen, such as those that turn the direction of writing."""
    return "".join(letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf"))


def chosen(name: str, options: Sequence[str], default: str) -> str:
    """Return a choice kept in the address of the page, or the default where the address has none that exists."""
    memory = f"chosen_{name}"
    wanted = st.query_params.get(name, st.session_state.get(memory))
    value = str(wanted) if wanted in options else default
    st.session_state[memory] = value
    if value != default:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
    return value


def choose(name: str, options: Sequence[str], default: str, label: str, title: Callable[[str], str]) -> str:
    """Let the reader choose one of few options, side by side; the choice is kept in the address."""
    value, key = chosen(name, options, default), f"choose_{name}"
    st.session_state[key] = value
    st.segmented_control(
        label, options, format_func=title, key=key, required=True, wrap=True, on_change=_keep, args=(name,)
    )
    return value


def choose_from_list(name: str, options: Sequence[str], label: str, title: Callable[[str], str]) -> str:
    """Let the reader choose one of many options from a list; the choice is kept in the address."""
    value, key = chosen(name, options, options[0]), f"choose_{name}"
    st.session_state[key] = value
    st.selectbox(label, options, format_func=title, key=key, on_change=_keep, args=(name,))
    return value


def _keep(name: str) -> None:
    st.query_params[name] = st.session_state[f"choose_{name}"]


def show_chart(chart: alt.LayerChart, caption: str, said: str, entries: Sequence[Entry] = ()) -> None:
    """Show a chart as wide as the page under its caption and legend, with a sentence for readers who cannot see it."""
    st.caption(caption)
    if entries:
        st.html(legend(entries))
    st.altair_chart(chart, theme=None, width="stretch", alt=said)


def show_table(page: Page, rows: pd.DataFrame) -> None:
    """Offer the figures of a chart as a table; columns are named by wording keys."""
    with st.expander(page.words.say("as_table")):
        write_table(page, rows)


def write_table(page: Page, rows: pd.DataFrame) -> None:
    """Write a table for all to see; columns are named by wording keys."""
    st.html(html_table(rows.rename(columns=page.words.say)))


def show_limits(page: Page) -> None:
    """Offer what the study says that its figures do not say."""
    limits = [text for (kind, _), text in page.words.titles.items() if kind == "limit"]
    if limits:
        with st.expander(page.words.say("limits")):
            st.markdown("\n".join(f"- {plain(limit)}" for limit in limits))


def status_line(page: Page, status_of: Mapping[str, str]) -> str:
    """Say how far the instruments behind scales have been validated: one status, or each with its scales."""
    words = page.words
    by_status: dict[str, list[str]] = {}
    for scale, status in status_of.items():
        by_status.setdefault(words.status(status), []).append(plain(page.scale(scale)))
    if len(by_status) == 1:
        return words.say("status_line", status=next(iter(by_status)))
    told = [words.say("status_of_some", status=status, scales=", ".join(of)) for status, of in by_status.items()]
    return words.say("status_line", status="; ".join(told))


def inference_line(page: Page, groups: Sequence[str]) -> str:
    """Name those of some respondent groups whose figures allow no inference to a population; nothing without any."""
    flagged = set(names_in(page.manifest.get("no_inference", "")))
    named = [plain(page.group(group)) for group in groups if group in flagged]
    return page.words.say("no_inference", groups=", ".join(named)) if named else ""
