"""docs/licences.md is what the lock's packages say of themselves; no copyleft is passed over."""

import re

import licences


def test_the_page_is_as_it_is_made() -> None:
    """After a change of the lock: python tests/licences.py."""
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page()


def test_every_package_has_a_licence_by_a_short_name() -> None:
    for package in licences.packages():
        assert package.licence and len(package.licence) < 60, package


def test_nothing_that_a_run_needs_is_under_a_licence_that_would_bind_its_code() -> None:
    for package in licences.packages():
        if package.what != "tests" and package.copyleft:
            assert re.fullmatch(r"MPL-2\.0", package.licence), package


def test_no_licence_file_speaks_of_copyleft_unnoticed() -> None:
    """What a wheel carries of others: new ones are looked at, and written down."""
    known = {*licences.CARRIED, *licences.MENTIONED}
    speaking = {p.name for p in licences.packages() if licences.speaks_of_copyleft(p.name)}
    assert speaking <= known, speaking - known
    assert known - {"axe-playwright-python"} <= speaking, known - speaking  # its script says it
