"""How many of a thing, in messages: number and noun agree.

Put here nothing else; what the messages say stands where they are made.
"""


def counted(n: int, one: str, several: str = "") -> str:
    """Write a number and what it counts.

    Args:
        n: How many.
        one: The noun for one, with its verb where that changes too: ``row``, ``cell holds``.
        several: The same for none or several, where an s at the end does not make it: ``cells hold``.
    """
    return f"{n} {one if n == 1 else several or f'{one}s'}"
