"""Which kinds of data problem stop a run."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen


class Problems(Frozen):
    """Which kinds of data problem stop a run; all are listed in any case.

    A column of which most cells cannot be read as declared stops it anyway."""

    stop_on: tuple[str, ...] = Field(
        default=(), description="Kinds, as data_problems.csv names them."
    )
    only_listed: tuple[str, ...] = Field(
        default=(),
        description="Kinds that stop a run by default, since for the same reason other records may"
        " be wrong or lost unseen, and that must not here: date_order, cut_record,"
        " one_id_two_sites and one_id_two_files (more than three in a file).",
    )
