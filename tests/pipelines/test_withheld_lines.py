"""What ``release`` prints of withheld fits: one group a reason, every fit in one of them, the largest group first."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.commands.shown_withheld import withheld_lines

FEW, RECORDS = "fewer than 10 responses", "an outcome from records, for which no rule says yet"
WITHHELD = {
    "h1.main.0f3a": FEW,
    "h16.main.1a2b": RECORDS,
    "h16.without_controls.3c4d": RECORDS,
    "h17.main.5e6f": RECORDS,
    "h18": "not estimated: see the run",
}


def test_reasons_are_said_once_with_how_many_fits_and_which():
    assert list(withheld_lines(WITHHELD)) == [
        "withheld fits: 5",
        f"  3: {RECORDS}",
        "      h16: main, without_controls",
        "      h17: main",
        f"  1: {FEW}",
        "      h1: main",
        "  1: not estimated: see the run",
        "      h18",
    ]


def test_a_release_that_withholds_no_fit_says_so():
    assert list(withheld_lines({})) == ["withheld fits: 0"]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["h1", "h2", "h3"]), st.sampled_from(["main", "plain"]), st.integers(0, 3)),
        st.sampled_from([FEW, RECORDS, f"{FEW}; {RECORDS}"]),
    )
)
def test_counts_of_groups_add_up(found):
    lines = list(withheld_lines({f"{model}.{variant}.{place}": why for (model, variant, place), why in found.items()}))
    counts = [int(line.strip().partition(":")[0]) for line in lines if line.startswith("  ") and line[2] != " "]
    assert sum(counts) == len(found) == int(lines[0].rpartition(" ")[2])
    assert counts == sorted(counts, reverse=True)
