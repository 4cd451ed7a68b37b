"""Notes of a report say what a model would hold, not what to write in config.yaml."""

import re
from typing import Any

import numpy as np
import pytest

from cesp_analysis.models import survey_obeyed as survey
from cesp_analysis.models.link_worker_words import Sharing
from cesp_analysis.models.two_sites import HELD
from cesp_analysis.models.weighting_words import PRECISION_NOT_SAMPLING
from cesp_analysis.report.for_readers import SAID, for_readers
from cesp_analysis.report.notes import sentence
from link_worker_frames import frame_with
from small_panel import model, panel_of

SETTINGS = re.compile(
    r"\bkind [a-z_]+ |\b(?:covariance|cluster|random|effect|times|residual|structure): "
)


def warned(**settings: Any) -> list[str]:
    (row,) = [one for one in model(**settings).fit(panel_of(60)).estimates if one.time == "t1"]
    return [one for one in row.warnings if SETTINGS.search(one)]


def test_a_model_s_notes_carry_no_settings() -> None:
    """They stand in the row, as the terminal and the CSV show it, and not in the report's note."""
    (told,) = warned(kind="mixed", random=["person", "neighbourhood"])
    assert "kind did with covariance: CR2 and cluster: neighbourhood holds it" in told
    assert sentence(told).endswith(
        "a difference in differences with a cluster-robust interval by neighbourhood holds it."
    )


def test_what_link_workers_need_is_said_in_words() -> None:
    (told,) = Sharing((), "changes", False, "mean").said(frame_with([8, 6]))
    assert HELD in told and "an effect of each link worker holds" in for_readers(told)
    assert not SETTINGS.search(for_readers(told))


@pytest.mark.parametrize(
    "told",
    [
        survey.NOT_CLUSTERED, survey.ALL_AS_SAMPLE, survey.NO_STRATA, survey.AS_GIVEN,
        PRECISION_NOT_SAMPLING, "not in this interval; cluster: neighbourhood holds it",
        "alike in both; kind weighted_did allows for a change of who answers",
        "as if they had; kind group_time does not",
        "narrow; residual: by_arm, or kind did with covariance: HC2, allows for it",
        "narrow; residual: by_arm, or kind did with covariance: CR2, allows for it",
        "kind mixed with residual: by_arm, or kind did with covariance: HC2, allows for it",
        "too narrow; kind mmrm with structure: unstructured allows for it",
        "too narrow; structure: unstructured allows for it",
        "too narrow; kind did with covariance: CR2 allows for it",
    ],
)  # fmt: skip
def test_every_note_with_settings_has_words(told: str) -> None:
    assert SETTINGS.search(told) and not SETTINGS.search(for_readers(told))
    assert for_readers(for_readers(told)) == for_readers(told)


def test_other_texts_stay_as_they_are() -> None:
    for text in ("", "No estimate: use kind did with design: change", "kind survey is for people"):
        assert for_readers(text) == text
    assert np.unique([pattern for pattern, _ in SAID]).size == len(SAID)
