"""What must fit together in what holds of panel members."""

from collections.abc import Iterator

from cesp_analysis.declared.files import RawFile
from cesp_analysis.errors import no_such
from cesp_analysis.study.study import Study


def broken_members(study: Study) -> Iterator[str]:
    """One line for each variable that no survey has, or that has no order."""
    own = study.surveys.members
    files = [
        file.with_form(study.forms) for file in study.files.values() if file.level == "respondent"
    ]
    known = dict.fromkeys(name for file in files for name in (*file.variables, *file.derived))
    for key in ("constant", "rising"):
        place = f"surveys.members.{key}"
        for name in dict.fromkeys(getattr(own, key)):
            if name not in known:
                yield f"{place}: {no_such('variable of respondents', name, list(known))}"
            elif key == "rising" and not all(_ordered(file, name) for file in files):
                yield (
                    f"{place}: '{name}' has no order; name a number, or a category whose values"
                    " stand from the lowest to the highest"
                )
    for name in dict.fromkeys(name for name in own.constant if name in own.rising):
        yield f"surveys.members: '{name}' is both constant and rising; remove one"
    if (own.constant or own.rising) and not any(file.unit for file in files):
        yield "surveys.members: no file of respondents has ids (unit:), so nobody is known again"


def _ordered(file: RawFile, name: str) -> bool:
    entry = file.variables.get(name)
    return entry is None or entry.type in ("number", "category")
