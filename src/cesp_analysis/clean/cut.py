"""What of a raw file no entry's records are: rows that settings cut off, sheets nobody reads."""

import numpy as np
import pandas as pd

from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.distinct import repeated

STATUS = ("kept", "set aside")
"""What becomes of a record."""


def with_cut(
    ledger: pd.DataFrame, raw: pd.DataFrame, name: str, problems: ProblemList
) -> pd.DataFrame:
    """The ledger with the rows above the records that look like one, and all below `last_line`;
    those that look like records are listed, and so are sheets that no entry reads."""
    if raw.empty:
        problems.add(
            "no_records", "", np.array([0]), pd.Series(["0 records"]), "read as no records"
        )
    for sheet in raw.attrs.get("unread_sheets", []):
        told = pd.Series([sheet], dtype="str")
        problems.add("unread_sheet", "", np.array([0]), told, "not read")
    cut = raw.attrs.get("cut", {})
    lines = np.array([*cut.get("above", []), *cut.get("below", [])], dtype="int64")
    if not lines.size:
        return ledger
    alike = np.array([*cut["above"], *cut["alike"]], dtype="int64")
    problems.add("cut_record", "", alike, pd.Series(alike.astype("str")), "set aside")
    reasons = ["above_records"] * len(cut["above"]) + ["below_last_line"] * len(cut["below"])
    status = pd.Categorical.from_codes(np.ones(len(lines), np.int8), pd.Index(STATUS))
    rows = pd.DataFrame(
        {
            "file": repeated(name, len(lines)),
            "line": lines,
            "unit": pd.Series(None, index=range(len(lines)), dtype="str"),
            "status": status,
            "reason": pd.Series(reasons, dtype="str"),
        }
    )
    return pd.concat([ledger.astype({"unit": "str", "reason": "str"}), rows], ignore_index=True)
