"""What a release and the earlier ones tell of hidden figures → reasons to refuse it; none when the policy is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from pipelines.steps.audit.answers import answers_told_apart
from pipelines.steps.audit.classes import ELSEWHERE, Classes, possible, told_apart
from pipelines.steps.audit.clusters import widths_by_intervals
from pipelines.steps.audit.lattices import LEAST_SCORES, Lattice, narrow, too_narrow, unit_words, unlike_people
from pipelines.steps.audit.publications import Cell, Publication, not_rounded
from pipelines.steps.audit.waves import changes_that_tell
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import unit_tree


def findings(release: Publication, earlier: Sequence[Publication], policy: Policy) -> Iterator[str]:
    """Yield what is wrong with a release, in words that give no figure away.

    A scale, group and wave of which it shows what an earlier one shows adds nothing to what is known, and was looked at
    then; where the policy asks more now than that of then, it is looked at again, for a policy holds for all figures of
    its release.

    Args:
        release: The release.
        earlier: All before it, in their order, withdrawn ones too.
        policy: What is asked of it.
    """
    yield from not_rounded(release.tables)
    yield from answers_told_apart(release, earlier, policy)
    for cell in release.cells():
        as_before = [each for each in earlier if release.told(cell) == each.told(cell)]
        if all(policy.asks_more_than(each.asked) for each in as_before):
            yield from _of_cell(release, earlier, cell, policy)
    yield from (told for _, told in changes_that_tell(release, policy))


def _of_cell(release: Publication, earlier: Sequence[Publication], cell: Cell, policy: Policy) -> Iterator[str]:
    scores, people = release.scores[cell[2]], release.people(cell)
    known = set(zip(people["organisation"], people["region"], strict=True))
    shown = release.shown(cell)
    there = {(level, unit) for level in ("organisation", "region") for unit in people[level].unique()}
    nobody = [unit for level, unit in shown - there if level != "all"]
    if nobody or people.empty:
        yield f"{_words(cell)}: figures are shown of units without anybody: {', '.join(sorted(nobody)) or 'everybody'}"
        return
    tree = unit_tree([name for name, _ in sorted(known)], {name: region for name, region in known if region})
    audited = Lattice(release.figures(cell), people, tree, scores)
    asked = replace(policy, least_width=policy.least_width * scores.option)
    reasons = [*unlike_people(audited)]
    if not reasons:
        reasons = [*too_narrow(audited, asked), *_between([*earlier, release], cell, asked)]
        for unit, widths in widths_by_intervals(audited, asked.least_width):
            reasons += narrow(widths, asked, f" by the interval of {unit}")
    yield from (f"{_words(cell)}: {reason}" for reason in dict.fromkeys(reasons))


def _words(cell: Cell) -> str:
    return f"{cell[2]}, {cell[1]}, {cell[0]}"


def _between(releases: Sequence[Publication], cell: Cell, policy: Policy) -> Iterator[str]:
    """Yield whom all releases together tell apart, and hidden units of the newest of which they tell too much."""
    telling = [each for each in releases if each.shown(cell)]
    *earlier, newest = telling
    for each in earlier:
        if cell[:2] in each.with_erased:
            yield f"people were erased since release {each.number}; its figures must stay as they were"
            return
    classes = told_apart(telling, cell, newest.scores[cell[2]])
    against = f" by what this release and {_numbers(earlier)} show" if earlier else ""
    if (classes.counts < policy.least_cell_size).any():
        how = against or " when shown figures are taken from each other"
        yield f"fewer than {policy.least_cell_size} people are told apart{how}"
    values = newest.people(cell)["score"].to_numpy(dtype=float)
    bounds = classes.any_person(), *classes.any_other()
    if any((possible(values, each) < LEAST_SCORES).any() for each in bounds):
        yield f"the score of single people could be worked out{against}"
    if earlier:
        yield from _narrow_between(classes, policy, against)


def _narrow_between(classes: Classes, policy: Policy, against: str) -> Iterator[str]:
    within_shown = classes.people["left"] != ELSEWHERE
    now = classes.people[classes.people["is_now"] & within_shown]
    is_hidden_of = {"organisation": ~now["left"].str.startswith("organisation "), "region": now["left"] == "all"}
    for level, is_hidden in is_hidden_of.items():
        if (now[level] == "").all():
            continue
        hidden = set(now.loc[is_hidden & ((now[level] != "") | (level == "organisation")), level])
        widths = classes.widths(now.loc[now[level].isin(hidden), level])
        yield from narrow(widths.rename(index=partial(unit_words, level)), policy, against)


def _numbers(releases: Sequence[Publication]) -> str:
    return f"release{'s' if len(releases) > 1 else ''} {', '.join(str(each.number) for each in releases)}"
