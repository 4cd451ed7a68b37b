"""Case 29 as a user has it: referrals to link workers, one of whom has had none; by Snakemake.

The data of the case are at hand for CI, not for users; where they are absent this test skips.
"""

from pathlib import Path

import pytest
from pytest import approx

from case_study import CASES, expected, run
from cesp_analysis import contracts
from cesp_analysis.feasibility.tables import RatesTable

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

YES = {"type": "category", "values": ["yes", "no"]}
SHARES = {
    name: {
        "label": name,
        "numerator": {"file": "referrals", "where": f'{name} == "yes"'},
        "denominator": {"file": "referrals"},
    }
    for name in ("consented", "adverse_event")
}


def test_29_nobody_and_everybody(tmp_path: Path) -> None:
    case = "29-nobody-and-everybody"
    files = {
        "referrals": {
            "path": "data/raw/referrals.csv", "level": "person", "lists_people": True,
            "unit": "person", "one_row_per": "unit", "site": {"constant": "town"},
            "link_worker": {"column": "link_worker"},
            "variables": {"consented": YES, "adverse_event": YES},
        },
        "answers": {  # the same rows once more: an outcome needs a time
            "path": "data/raw/referrals.csv", "level": "person", "unit": "person",
            "time": {"constant": "start"}, "variables": {"said": YES | {"column": "consented"}},
            "derived": {"agreed": {"source": "said", "values": {"yes": "1", "no": "0"}}},
        },
        "workers": {
            "path": "data/raw/link_workers.csv", "level": "other",
            "link_worker": {"column": "link_worker"}, "ignored": ["start_month"],
        },
    }  # fmt: skip
    folder = run(
        tmp_path / "study", case, {}, ("results/tables/rates.csv",),
        arms={"intervention": {"label": "New"}},
        sites={"town": {"label": "Town", "arm": "intervention"}},
        times={"start": {"label": "Start", "position": 0}},
        files=files,
        outcomes={"agreed": {
            "label": "Agreed", "variable": "agreed", "unit": "proportion", "type": "binary",
            "direction": "higher_is_better",
        }},
        feasibility={"rates": SHARES, "link_workers": {"file": "workers"}},
    )  # fmt: skip
    table = contracts.rows(folder / "results/tables/rates.csv", RatesTable)
    found = {(r["rate"], r["of"], r["group"]): r for r in table}
    right = expected(case)
    for short, rate in (("consent", "consented"), ("adverse", "adverse_event")):
        for who, of, group in (
            ("lw1", "link_worker", "LW1"), ("lw2", "link_worker", "LW2"), ("all", "all", ""),
        ):  # fmt: skip
            own = found[rate, of, group]
            for way, columns in (("wilson", "ci"), ("exact", "exact")):
                for end in ("low", "high"):
                    name = f"{who}_{short}_{way}_{end}"
                    if name in right:
                        assert own[f"{columns}_{end}"] == approx(right.pop(name), rel=1e-6), name
    assert right == {}  # every value of the case was compared
    assert found["consented", "link_worker", "LW1"]["ci_high"] == 1.0
    assert found["adverse_event", "link_worker", "LW1"]["exact_low"] == 0.0
    for rate in SHARES:
        nobody = found[rate, "link_worker", "LW3"]
        assert (nobody["numerator"], nobody["denominator"]) == (0, 0)
        assert [nobody[name] for name in ("value", "ci_low", "ci_high", "exact_low")] == [None] * 4
        assert nobody["reason"] == "no rate: nobody is in the denominator: people"
        assert found[rate, "all", ""]["denominator"] == 54
        bounds = [
            r[c]
            for r in found.values()
            for c in ("ci_low", "ci_high", "exact_low", "exact_high")
            if r[c] is not None
        ]
        assert min(bounds) == 0 and max(bounds) == 1
