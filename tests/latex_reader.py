"""A strict reader of the LaTeX that tables are written in: what it does not know is an error, as it is for LaTeX.

It refuses signs that LaTeX would take for something else, unknown commands, braces and environments that do not match,
rows with too many or too few cells, and an option where a row begins.
"""

import re
from dataclasses import dataclass, field

SIGNS = {
    "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<", "textgreater": ">",
    "textbar": "|", "textquotedbl": '"', "textasciigrave": "`", "textendash": "–", "textemdash": "—",
    "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "textellipsis": "…", "textdagger": "†",
}  # fmt: skip
ESCAPED = set("{}$&#%_")
MATH = {"-": "−", r"\times": "×", r"\pm": "±", "^{2}": "²", "^{3}": "³", r"\alpha": "α", r"\omega": "ω",
        r"\chi": "χ", r"\leq": "≤", r"\geq": "≥"}  # fmt: skip
AROUND = {"textbf", "textit", "textsuperscript", "rlap", "section*"}
SILENT = {"toprule", "midrule", "bottomrule", "addlinespace", "endhead", "endfoot", "footnotesize", "medskip",
          "bigskip", "begingroup", "endgroup", "allowbreak",
          "raggedright"}  # fmt: skip
NEVER_BARE = set('#^_"<>|`')
SPANNED = re.compile(r"\s*(?:\\\w+\s*)*\\multicolumn\{(\d+)\}\{@\{\}p\{0.97\\linewidth\}@\{\}\}\{(.*)\}\s*$", re.DOTALL)
COLUMNS = re.compile(r"(\[l\])(\{@\{\}(?:[LR]\{[\d.]+\\linewidth\})+@\{\}\})(.*)", re.DOTALL)
TOKEN = re.compile(r"\\([a-zA-Z]+\*?)[ \n]*|\\(.)|\$([^$]*)\$|(.)", re.DOTALL)


@dataclass
class Read:
    """What a document holds.

    Attributes:
        tables: Rows of each table, cells as text; lines within a cell are joined by a newline.
        paragraphs: Everything else, in order.
    """

    tables: list[list[list[str]]] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)


def read(document: str) -> Read:
    """Read a document.

    Raises:
        ValueError: With the first thing that LaTeX would not print as it stands.
    """
    head, begin, rest = document.partition(r"\begin{document}")
    body, end, after = rest.partition(r"\end{document}")
    if not begin or not end or after.strip() or r"\documentclass" not in head:
        raise ValueError("no whole document")
    found, place = Read(), 0
    opened: list[str] = []
    for part in re.finditer(r"\\(begin|end)\{(\w+)\}", body):
        kind, name = part.groups()
        between = body[place : part.start()]
        if opened and opened[-1] == "longtable":
            found.tables.append(_rows(between))
        else:
            found.paragraphs += [each for each in (text(line) for line in between.split("\n")) if each]
        if kind == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise ValueError(f"{name} ends that did not begin")
        place = part.end()
    if opened:
        raise ValueError(f"{opened[-1]} does not end")
    found.paragraphs += [each for each in (text(line) for line in body[place:].split("\n")) if each]
    return found


def _rows(content: str) -> list[list[str]]:
    option, columns, content = COLUMNS.fullmatch(content.strip()).groups()
    widths = [float(each) for each in re.findall(r"\{([\d.]+)\\linewidth\}", columns)]
    if option != "[l]" or sum(widths) > 1:
        raise ValueError(f"columns {sum(widths):.3f} of the line wide")
    rows = []
    *parts, last = re.split(r"(?<!\\)\\\\(?:\*|\[1ex\])?", content)
    for part in parts:
        begins = re.sub(r"^(\s|\\(?:toprule|midrule|bottomrule|addlinespace|endhead|endfoot)\b)+", "", part)
        if begins.startswith(("[", "*")):
            raise ValueError(f"a row begins with an option: {begins[:20]}")
        rows.append(_cells(part, len(widths)))
    if text(last):
        raise ValueError(f"after the last row: {last}")
    return rows


def _cells(row: str, n_columns: int) -> list[str]:
    cells = re.split(r"(?<!\\)&", row)
    spanned = [
        re.match(
            r"\s*(?:\\\w+\s*)*\\multicolumn\{(\d+)\}\{@\{\}p\{0.97\\linewidth\}@\{\}\}\{(.*)\}\s*$", each, re.DOTALL
        )
        for each in cells
    ]
    if sum(int(each.group(1)) if each else 1 for each in spanned) != n_columns:
        raise ValueError(f"{len(cells)} cells for {n_columns} columns: {row}")
    return [text(each.group(2) if each else cell) for each, cell in zip(spanned, cells, strict=True)]


def text(latex: str) -> str:
    """Return what LaTeX prints."""
    for twice in ("--", ",,", "''", "``"):
        if twice in latex:
            raise ValueError(f"a ligature {twice}")
    reading = _Reading(latex)
    for match in TOKEN.finditer(latex):
        if match.start() >= reading.skip:
            reading.take(match)
    if reading.depth:
        raise ValueError(f"a brace does not close in {latex}")
    return "".join(reading.out).strip("\n ")


@dataclass
class _Reading:
    latex: str
    out: list[str] = field(default_factory=list)
    depth: int = 0
    skip: int = 0

    def take(self, match: re.Match[str]) -> None:
        command, escaped, math, sign = match.groups()
        if command is not None:
            self.take_command(command, match.end())
        elif escaped is not None:
            if escaped not in ESCAPED:
                raise ValueError(f"unknown escape {escaped}")
            self.out.append(escaped)
        elif math is not None:
            self.out.append(MATH[math])
        else:
            self.take_sign(sign)

    def take_command(self, command: str, end: int) -> None:
        if command == "hspace*":
            self.skip = self.latex.index("}", end) + 1
        elif command == "hangindent":
            self.skip = self.latex.index("\\", end)
        elif command in SIGNS:
            self.out.append(SIGNS[command])
            if self.latex[end : end + 2] != "{}":
                raise ValueError(f"{command} swallows the blank after it")
        elif command in ("par", "newline"):
            self.out.append("\n")
        elif command not in AROUND | SILENT:
            raise ValueError(f"unknown command {command}")

    def take_sign(self, sign: str) -> None:
        if sign in "{}":
            self.depth += 1 if sign == "{" else -1
            if self.depth < 0:
                raise ValueError("a brace closes that did not open")
        elif sign in NEVER_BARE or sign in "%&$\\":
            raise ValueError(f"a bare {sign} in {self.latex}")
        else:
            self.out.append(" " if sign == "~" else sign)
