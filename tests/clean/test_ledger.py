"""No record is lost or counted twice, whatever mixture of faults the raw files hold."""

from pathlib import Path

import pytest

from fuzz_ledger import cleaned, planted, wrong_numbers


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_records_in_are_records_kept_and_records_in_the_ledger(tmp_path: Path, seed: int) -> None:
    told = planted(tmp_path, 7_000, seed)
    reasons = {reason for counts in told.aside.values() for reason in counts}
    assert len(reasons) == 6 and told.corrections == 40
    assert wrong_numbers(cleaned(tmp_path), told) == []


def test_a_record_more_would_be_noticed(tmp_path: Path) -> None:
    told = planted(tmp_path, 500, 1)
    told.aside["before"]["exact_duplicate"] += 1
    assert wrong_numbers(cleaned(tmp_path), told)[0].startswith("before: set aside")
