"""A study of one group, compared with nobody: described from raw files to a report."""

from running import ROOT, snakemake

from small_study import Study


def test_one_group_is_described_and_compared_with_nobody(study: Study) -> None:
    config = study.config
    del config["arms"]["control"], config["sites"], config["models"]
    people = config["files"]["people"]
    del people["site"], people["neighbourhood"]
    people["arm"] = {"constant": "intervention"}
    config["published"] = {"path": "expected.csv"}
    study.write()
    (study.folder / "expected.csv").write_text(
        "quantity,published,tolerance,tolerance_is,source,reason\n"
        "means/score/intervention/before/n,12,0,absolute,people.csv,a count\n",
        encoding="utf-8",
    )
    done = snakemake(ROOT, study.folder)
    assert done.returncode == 0, done.stdout
    page = (study.folder / "results/report/index.html").read_text(encoding="utf-8")
    assert "What one group can tell" in page and "One group: nobody is compared with it." in page
    assert "Observed mean changes from Before" in page
    assert "A description, not an effect: nobody is compared with this group." in page
    assert "1 of 1 published numbers agree" in page
    for words in ("Usual", 'id="estimates"', "Control:", "balance", "Allocation", "forest"):
        assert words not in page, words
    columns = [line for line in page.splitlines() if 'class="spanner"' in line]
    own = ("Against the window", "Moment", "Linked", "Not linked", "As found", "As declared",
           "Scored", "Not scored", "Answered", "No answer", "Std. difference",
           "Model")  # fmt: skip
    groups = [line for line in columns if not any(f">{word}<" in line for word in own)]
    assert groups and all("New" in line for line in groups)
    assert "nothing to do" in snakemake(ROOT, study.folder).stdout.lower()
