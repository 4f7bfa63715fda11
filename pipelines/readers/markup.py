"""Texts of questions and options as platforms store them → what a respondent read. Nothing about one platform."""

import html
import re

_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--)>", re.DOTALL)


def without_markup(text: str) -> str:
    """Return a text without HTML tags and entities, blanks and line breaks single; a bare ``<`` stays."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split()) if text else ""
