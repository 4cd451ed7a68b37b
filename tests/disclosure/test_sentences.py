"""Numbers in sentences: years and numbers of other things stay, those of people do not."""

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.cleared import cleared

HOW = Disclosure(threshold=10, sizes_to=5)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Wave 2, 1900 came", "Wave 2, 1900 came"),
        ("Wave 2, 2099 came", "Wave 2, 2099 came"),
        ("Wave 2, 1899 came", "Wave 2, about 1,900 came"),
        ("Wave 2, 2100 came", "Wave 2, about 2,100 came"),
        ("and 2023 people came", "and about 2,025 people came"),  # not behind a comma
        ("Morris (1900)", "Morris (1900)"),
        ("Morris (2099)", "Morris (2099)"),
        ("Morris (1899)", "Morris (about 1,900)"),
        ("Morris (2100)", "Morris (about 2,100)"),
        ("moved (1,234)", "moved (about 1,235)"),
        ("moved (0)", "moved (0)"),
        ("moved (9)", "moved (fewer than 10)"),
        ("moved (10)", "moved (about 10)"),
        ("moved (1)", "moved (fewer than 10)"),
    ],
)
def test_years_are_no_people(said: str, told: str) -> None:
    assert cleared(said, HOW) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("0 people left", "0 people left"),
        ("1 people left", "fewer than 10 people left"),
        ("1,234 people left", "about 1,235 people left"),
        ("n = 0", "n = 0"),
        ("n = 1", "n < 10"),
        ("n = 1,234", "n about 1,235"),
        ("34 of 1,234 people did not answer", "about 35 of about 1,235 people did not answer"),
        ("answered by 1,234, of 12,345.", "answered by about 1,235, of about 12,345."),
        ("an SD of 2.38 about it, only 1.5", "an SD of 2.38 about it, only 1.5"),
        ("of 20 sets: 4 of 80 of utility at baseline (0.06285 to 1.481) and 1,244 of 22,600 of"
         " cost (-1.5e+03 to 3); use pmm",
         "of 20 sets: some of utility at baseline and some of cost; use pmm"),
        ("fewer than 10 for each of 5 donors", "fewer than 10 for each of 5 donors"),
        ("38 people answered, 59 columns were to predict it",
         "about 40 people answered, 59 columns were to predict it"),
        ("12 more", "12 more"),
        ("12 df", "12 df"),
        ("n < 12 people", "n < 12 people"),
        ("12 not assessed", "12 not assessed"),
        ("12 people a location", "12 people a location"),
        ("1 respondent who has moved", "fewer than 10 respondents who have moved"),
        ("1 person was ill", "fewer than 10 people were ill"),
        ("1 record stands alone", "fewer than 10 records stand alone"),
        ("1 visit", "fewer than 10 visits"),
        ("3 people have paid 99; data/raw/a.csv: lines 4, 17, 21; b.csv: line 2",
         "fewer than 10 people have paid 99; data/raw/a.csv: some lines; b.csv: some lines"),
        ("c.csv: lines 12, 13 and 1,204 more; n = 0", "c.csv: some lines; n = 0"),
        ("all 1,200 of the control arm have the same age (3)",
         "people of the control arm hardly differ in their age"),
        ("all 12 people of sites that began by T1 have the same change (0) between T0 and T1: so",
         "people of sites that began by T1 hardly differ in their change between T0 and T1: so"),
        ("all 12 records of those without the intervention so far have the same value (3) at T1",
         "people of those without the intervention so far hardly differ in their value at T1"),
        ("2 records alone determine a coefficient (by sex)",
         "a coefficient rests on too few records"),
        ("nine persons, two units", "few persons, few units"),
        ("one unit each (Ash)", "few units"),
        ("the control arm holds one person with a value at 8 months",
         "the control arm holds too few people with a value at 8 months"),
        ("sites that began by T1 hold one respondent with a value at T1",
         "sites that began by T1 hold too few people with a value at T1"),
    ],
)  # fmt: skip
def test_numbers_of_people_are_told_as_elsewhere(said: str, told: str) -> None:
    assert cleared(said, HOW) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("0 people left", "fewer than 10 people left"),
        ("moved (0)", "moved (fewer than 10)"),
        ("answered by 0", "answered by fewer than 10"),
        ("n = 0", "n < 10"),
        ("0 df", "0 df"),
    ],
)
def test_where_nobody_may_not_be_told_nobody_is_few(said: str, told: str) -> None:
    assert cleared(said, Disclosure(threshold=10, zeros="withheld")) == told
