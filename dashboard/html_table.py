"""A table of text as HTML, letter by letter: a browser shows it in a fraction of what Markdown in cells takes."""

from html import escape

import pandas as pd


def html_table(rows: pd.DataFrame) -> str:
    """Return a table with a head; it scrolls sideways where the screen is too narrow (see ``style.css``)."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in rows.columns)
    lines = (f"<tr>{''.join(f'<td>{escape(str(text))}</td>' for text in row)}</tr>" for row in rows.to_numpy())
    body = "".join(lines)
    return f'<div class="figures"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
