"""By which columns rows of a table are known again in another run's, whatever their order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module

from cesp_analysis.columns import Table

ROOMS = (
    "cesp_analysis.schemas",
    "cesp_analysis.analysis_plan.tables",
    "cesp_analysis.checklists.tables",
    "cesp_analysis.describe.record_tables",
    "cesp_analysis.describe.tables",
    "cesp_analysis.disclosure.contract",
    "cesp_analysis.feasibility.tables",
    "cesp_analysis.few_sites.tables",
    "cesp_analysis.economics.imputed_tables",
    "cesp_analysis.economics.tables",
    "cesp_analysis.economics.use_tables",
    "cesp_analysis.economics.sample_tables",
    "cesp_analysis.fidelity.tables",
    "cesp_analysis.integration.tables",
    "cesp_analysis.interviews.tables",
    "cesp_analysis.measurement.tables",
    "cesp_analysis.missing.tables",
    "cesp_analysis.models.tables",
    "cesp_analysis.planning.tables",
    "cesp_analysis.survey.beside_tables",
    "cesp_analysis.survey.tables",
    "cesp_analysis.survey.weight_tables",
)
"""The modules that declare tables."""
_ALIKE = 0.5
"""Share of columns that a table of another version has in common with its contract."""
Row = dict[str, str]
Key = tuple[str, ...]


def contract_of(header: Sequence[str]) -> type[Table] | None:
    """The contract that a table's columns are most alike; None: it is nobody's."""
    columns = set(header)

    def alike(contract: type[Table]) -> float:
        own = set(contract.columns())
        return len(own & columns) / len(own | columns)

    best = max(_contracts(), key=alike)
    return best if alike(best) >= _ALIKE else None


def _contracts() -> Iterator[type[Table]]:
    """Every table that a module of ROOMS declares."""
    for room in ROOMS:
        yield from contracts_of(room)


def contracts_of(module: str) -> Iterator[type[Table]]:
    """The tables that a module declares, in its order."""
    for found in vars(import_module(module)).values():
        if isinstance(found, type) and issubclass(found, Table) and found.__module__ == module:
            yield found


def key_of(contract: type[Table] | None, common: Sequence[str], *tables: list[Row]) -> Key:
    """The columns that name a row: the contract's key if all have it; otherwise the first words
    (then numbers) that tell rows apart in every table; all columns, if none do."""
    if contract is not None and contract.key and set(contract.key) <= set(common):
        return contract.key
    texts = [name for name in common if not _numbers(contract, name, tables)]
    order = [*texts, *(name for name in common if name not in texts)]
    for many in range(1, len(order) + 1):
        key = tuple(order[:many])
        if all(_unique(key, rows) for rows in tables):
            return key
    return tuple(order)


def is_number(contract: type[Table] | None, column: str) -> bool | None:
    """Whether a column is declared to hold numbers; None: nobody declares it."""
    declared = contract.columns().get(column) if contract is not None else None
    return None if declared is None else declared.kind in ("number", "whole", "count")


def by_key(rows: Iterable[Row], key: Key, digits: int = 0) -> dict[Key, Row]:
    """Key → row; where several rows have one key, they are numbered.

    `digits`: to how many digits numbers in a key are the same; 0: as they are written.
    """
    return dict(_numbered(rows, key, digits))


def _numbered(rows: Iterable[Row], key: Key, digits: int) -> Iterator[tuple[Key, Row]]:
    seen: Counter[Key] = Counter()
    for row in rows:
        name = tuple(_rounded(row[column], digits) for column in key)
        seen[name] += 1
        yield (name if seen[name] == 1 else (*name, f"row {seen[name]} of these")), row


def _rounded(cell: str, digits: int) -> str:
    """A cell of a key: a number with a point may differ in its last digits."""
    value = number(cell) if digits and "." in cell else None
    return cell if value is None else f"{value:.{digits}g}"


def _unique(key: Key, rows: list[Row]) -> bool:
    return len({tuple(row[column] for column in key) for row in rows}) == len(rows)


def _numbers(contract: type[Table] | None, column: str, tables: Iterable[list[Row]]) -> bool:
    declared = is_number(contract, column)
    if declared is not None:
        return declared
    return all(number(row[column]) is not None for rows in tables for row in rows)


def number(cell: str) -> float | None:
    """A cell as a number; None if it is none."""
    try:
        return float(cell)
    except ValueError:
        return None
