"""A weight of zero and a blank one: cleaning lists which, a model says what both may be."""

from pathlib import Path

from small_study import PEOPLE, Study


def test_a_weight_of_zero_is_not_called_none(tmp_path: Path) -> None:
    study = Study(tmp_path)
    head, *lines = PEOPLE.splitlines()
    weights = ["0", "", *["1.5"] * (len(lines) - 2)]
    study.files["people.csv"] = "\n".join(
        [f"{head},wt", *(f"{line},{own}" for line, own in zip(lines, weights, strict=True)), ""]
    )
    study.config["files"]["people"]["weight"] = {"column": "wt"}
    study.config["models"]["did"] = {
        "kind": "did", "design": "change", "weighted": True, "outcomes": ["score"],
    }  # fmt: skip
    ran = study.run()
    assert ran.status == 0, ran.shown
    (row,) = ran.estimates()
    assert row["status"] == "estimated"
    said = [one for one in row["warnings"].split(" | ") if "weight above 0" in one]
    assert len(said) == 1
    assert (
        "records without a weight above 0 (blank, zero or less, or no number) left out" in said[0]
    )
