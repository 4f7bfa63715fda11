"""Counts in messages."""

import pytest

from instruments.counted import counted


@pytest.mark.parametrize(
    ("n", "nouns", "said"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2, ("row",), "2 rows"),
        (1, ("cell holds", "cells hold"), "1 cell holds"),
        (0, ("cell holds", "cells hold"), "0 cells hold"),
        (12, ("cell holds", "cells hold"), "12 cells hold"),
    ],
)
def test_number_and_noun_agree(n: int, nouns: tuple[str, ...], said: str):
    assert counted(n, *nouns) == said
