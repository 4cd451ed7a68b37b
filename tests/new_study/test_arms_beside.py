"""A column of arms beside one of sites: the draft says so, and asks which of the two counts."""

import sys
from pathlib import Path

from cesp_analysis.study.read import checked

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import rows


def test_arms_within_sites_are_asked_about(tmp_path: Path) -> None:
    text = rows("id,site,arm,age", "P{i:03d}", "North|South", "New|New|Usual", "4{i}")
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    said = text_of(tmp_path / "s")
    assert (
        "arm stands there, too, and sites hold people of several arms (North: 6 New, 4 Usual;"
        " South: 7 New, 3 Usual). Were people allocated one by one? Then write arm: {column: arm,"
        " values: {New: undecided, Usual: undecided}} in place of site:"
    ) in said
    assert part(tmp_path / "s", "people")["site"]["column"] == "site"
    path = tmp_path / "s/config.yaml"
    config = path.read_text(encoding="utf-8")
    config = config[: config.index("sites:\n")] + config[config.index("time_unit:") :]
    own = "site: {column: site, values: {South: south, North: north}}"
    assert own in config
    values = "{New: intervention, Usual: control}"
    path.write_text(config.replace(own, f"arm: {{column: arm, values: {values}}}"), "utf-8")
    assert checked(tmp_path / "s")[1] == []  # the form that was asked for is right


def test_an_arm_that_each_site_has_alone_says_which_site_is_which(tmp_path: Path) -> None:
    text = rows("id,site,group,age", "P{i:03d}", "North|South", "New|Usual", "4{i}")
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    said = text_of(tmp_path / "s")
    assert (
        "The column group of people says one thing in each site: North 'New', South 'Usual'. It is"
        " not read itself, as a site says the arm"
    ) in said
    assert "stands there, too" not in said


def test_a_site_without_arms_is_not_asked_about(tmp_path: Path) -> None:
    text = rows("id,site,age", "P{i:03d}", "North|South", "4{i}")
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    said = text_of(tmp_path / "s")
    assert "stands there, too" not in said and "one thing in each site" not in said
