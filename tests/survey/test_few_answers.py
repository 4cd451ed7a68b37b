"""Codes of an ordinal outcome that few respondents gave are not shown, nor what tells of them."""

import numpy as np

from cesp_analysis.models.hidden import BESIDE
from cesp_analysis.survey.answers import Answers, MeansSpec, Measure
from cesp_analysis.survey.few_answers import categories_hidden

HOW = MeansSpec(
    outcomes={"level": Measure(label="Level", unit="points", type="ordinal")},
    sites=("north",), waves=("w1",), ci_level=0.95, minimum=10,
)  # fmt: skip
FEW = "not shown: fewer than 10 answers"
NAMES = ("1", "2", "3", "4", "at least 2", "at least 3", "at least 4")


def answers(*counts: int) -> Answers:
    """Codes 1 to 4, each as often as said, and one respondent without an answer."""
    codes = np.repeat([1.0, 2, 3, 4], counts)
    columns = [codes == c for c in (1, 2, 3, 4)] + [codes >= c for c in (2, 3, 4)]
    made = np.vstack([np.column_stack(columns).astype(float), np.full(7, np.nan)])
    return Answers("level", made, NAMES, NAMES, "proportion", "proportion")


def test_a_code_of_few_and_the_next_and_what_parts_them_go() -> None:
    own = answers(40, 30, 20, 3)
    everybody = np.ones(len(own.columns), dtype=bool)
    told = categories_hidden(own, {"n": everybody}, {"n": 0}, HOW)["n"]
    # of 3 and 4 together, "at least 3", the others' shares tell already
    assert told == ["", "", BESIDE, FEW, "", "", BESIDE]
    apart = answers(3, 40, 30, 20)
    told = categories_hidden(apart, {"n": np.ones(94, dtype=bool)}, {"n": 0}, HOW)["n"]
    assert told == [FEW, "", "", BESIDE, BESIDE, BESIDE, BESIDE]
    assert categories_hidden(answers(40, 30, 20, 10), {"n": np.ones(101, bool)}, {"n": 0}, HOW) == {
        "n": [""] * 7
    }


def test_no_neighbourhood_tells_by_what_the_site_has_in_all() -> None:
    """Two neighbourhoods of 60 and a site that has 24 of code 4: 21 there would tell of 3 here."""
    own = answers(30, 30, 36, 24)
    here = np.zeros(121, dtype=bool)
    here[[*range(15), *range(30, 50), *range(60, 82), *range(96, 99)]] = True
    told = categories_hidden(own, {"a": here, "b": ~here}, {"a": 0, "b": 0}, HOW)
    assert told["a"][3] == FEW and told["b"][3] == BESIDE
    gone = np.array([[bool(why) for why in told[at][:4]] for at in "ab"])
    assert (gone.sum(axis=1) >= 2).all() and set(gone.sum(axis=0)) == {0, 2}
    one_column = Answers("score", own.columns[:, :1], ("",), ("Score",), "mean", "points")
    assert categories_hidden(one_column, {"a": here}, {"a": 0}, HOW) == {"a": [""]}
