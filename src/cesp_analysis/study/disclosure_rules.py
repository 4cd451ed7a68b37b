"""What must fit together in how small numbers are kept from being known."""

from collections.abc import Iterator

from cesp_analysis.study.study import Study


def broken_disclosure(study: Study) -> Iterator[str]:
    """Rounding must leave open as many values as a small number is to keep."""
    how = study.disclosure
    least = (how.threshold + 1) // 2
    for name, base in (("sizes_to", how.sizes_to), ("round_to", how.round_to)):
        if 0 < base < least:
            yield (
                f"disclosure.{name}: rounding to {base} leaves fewer than {least} values open, half"
                f" of threshold ({how.threshold}); round to {least} or more"
            )
        if base > 2 * how.threshold:
            yield (
                f"disclosure.{name}: rounded to {base}, {how.threshold} people (threshold) may"
                f" become nobody; round to {2 * how.threshold} or less"
            )
    if len(set(how.cleared)) < len(how.cleared):
        yield "disclosure.cleared: names a reason twice"
