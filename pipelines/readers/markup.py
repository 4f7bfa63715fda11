"""Texts of questions and options as platforms store them → what a respondent read. Nothing about one platform."""

import html
import re

_BREAK = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|td|th|table|h[1-6]|hr|center)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)


def without_markup(text: str) -> str:
    """Return a text without HTML tags and entities, blanks and line breaks single; a bare ``<`` stays."""
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", text))).split())
