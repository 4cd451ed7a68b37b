"""Boxes of REDCap's forms: 0 says not ticked only where somebody saw the question."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from small_study import Study


@pytest.mark.parametrize(
    "how", [{"rows": {"redcap_repeat_instrument": [""]}}, {}, {"redcap_forms": ["first", "asked"]}]
)
def test_entries_read_no_boxes_of_forms_that_nobody_opened(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    """With and without redcap_forms: the box's own form says whether the question was seen."""
    study = Study(tmp_path)
    study.files["dict.csv"] = (
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels"\nid,first,text,Id,\n'
        'help,first,checkbox,Help,"1, GP | 2, Nurse"\n'
        + "".join(f"{name},asked,text,{name},\n" for name in ("date", "score", "u_1", "u_2", "u_3"))
    )
    for name, opened in (("before", "2"), ("after", "")):
        table = pd.read_csv(io.StringIO(str(study.files[f"{name}.csv"])), dtype=str)
        own = {"redcap_repeat_instrument": "", "help___1": "0", "help___2": "0"}
        own |= {"first_complete": opened, "asked_complete": "2"}
        study.files[f"{name}.csv"] = table.assign(**own).to_csv(index=False)
        entry_of = study.config["files"][name]
        entry_of |= {"redcap": {"dictionary": "data/raw/dict.csv"}} | how
        box = {"gp": {"column": "help___1", "range": [0, 1]}}
        entry_of["variables"] = entry_of["variables"] | box
    ran = study.run("clean")
    assert ran.status == 0, ran.shown
    assert (ran.records("before")["gp"] == 0).all()
    assert len(ran.records("after")) and ran.records("after")["gp"].isna().all()
