"""No answer that a study file gives a code may be declared missing, too: it would be lost."""

from collections.abc import Collection, Iterator

from cesp_analysis.study.questions import number_of
from cesp_analysis.study.study import Study


def broken_no_answers(study: Study) -> Iterator[str]:
    """One line for each answer that has a code and is among the codes of no answer of its file:
    cleaning asks these first. A variable that lists an answer among its own codes of no answer
    (9: refused) says so beside it."""
    lines = [line for name in study.files for line in _of_file(study, name)]
    yield from dict.fromkeys(lines)  # several files share a form


def _of_file(study: Study, name: str) -> Iterator[str]:
    own, place = study.files[name], f"files.{name}"
    whole = own.with_form(study.forms)
    for part, words in whole.item_values.items():
        at = f"{place if part in own.item_values else f'forms.{own.form}'}.item_values.{part}"
        yield from _both(at, words, whole.missing, numbers=True)
    for part, entry in whole.variables.items():
        given = whole.asked(part).values
        codes = [code for code in whole.missing if code not in entry.missing]
        here = place if part in own.variables else f"forms.{own.form}"
        at = f"{here}.variables.{part}" if given is None else f"{place}.crosswalk.{part}"
        words = (entry.values or {}) if given is None else given
        if entry.type in ("number", "category"):
            yield from _both(f"{at}.values", words, codes, numbers=entry.type == "number")
    for part, how in whole.crosswalk.items():
        if part not in whole.variables:
            at = f"{place}.crosswalk.{part}.values"
            yield from _both(at, how.values or {}, whole.missing, numbers=True)


def _both(
    at: str, values: Collection[str], missing: Collection[str], *, numbers: bool
) -> Iterator[str]:
    """`numbers`: codes are compared as numbers, too, as cleaning does where it reads numbers."""
    none = {number_of(code) for code in missing} - {None} if numbers else set()
    for word in values:
        if word.strip() in missing or number_of(word) in none:
            yield (
                f"{at}: '{word}' has a code and is declared missing, too, so that this answer would"
                " be lost; take it out of one of them"
            )
