"""Fits that a release withholds, grouped by reason: what a research team can understand at a glance."""

from collections.abc import Iterator, Mapping


def withheld_lines(withheld: Mapping[str, str]) -> Iterator[str]:
    """Yield how many fits are withheld, then each reason with how many fits it holds back and which, most first.

    Args:
        withheld: Name of a fit, ``model.variant.hash`` or the model's alone → its reasons, joined by a semicolon.
    """
    yield f"withheld fits: {len(withheld)}"
    groups: dict[str, dict[str, list[str]]] = {}
    for name, reason in withheld.items():
        model, _, rest = name.partition(".")
        groups.setdefault(reason, {}).setdefault(model, []).append(rest.partition(".")[0])
    counted = {reason: sum(map(len, models.values())) for reason, models in groups.items()}
    for reason in sorted(groups, key=lambda each: (-counted[each], each)):
        yield f"  {counted[reason]}: {reason}"
        for model, variants in groups[reason].items():
            named = ", ".join(filter(None, variants))
            yield f"      {model}: {named}" if named else f"      {model}"
