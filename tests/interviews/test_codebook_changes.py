"""What changed between two imports."""

import pandas as pd
import pytest

from cesp_analysis.interviews.codebook_changes import CodeChange, Recoded, changes
from coded_interviews import many, said, table


def book(*codes: tuple[str, str, str]) -> pd.DataFrame:
    """A codebook: code, id, description."""
    return pd.DataFrame(codes, columns=["code", "id", "description"])


BEFORE = said({"A": ["a", "b", "b+c", "d", "e"], "B": ["c", "d"]})


def test_the_same_import_has_no_changes() -> None:
    rows = many(2_000, 20, 40, coders=2)
    found = changes(rows, rows.sample(frac=1, random_state=1))
    assert found.codes == () and found.recoded == () and found.kept == 40
    assert (found.both, found.by_words, found.added, found.lost) == (2_000, 0, (), ())


def test_codes_added_lost_and_merged() -> None:
    """c goes into b; d is given up, one excerpt of it to the new f."""
    after = said({"A": ["a", "b", "b", "f", "e"], "B": ["b", "e"]})
    found = changes(BEFORE, after)
    assert found.codes == (
        CodeChange("added", "f", after=1),
        CodeChange("lost", "d", before=2, went=(("e", 1), ("f", 1))),
        CodeChange("merged", "c", "b", "excerpts", 2, 3, 1, (("b", 1),)),
    )
    assert found.recoded == (
        Recoded("A2", "A", ("c",), ()),
        Recoded("A3", "A", ("d",), ("f",)),
        Recoded("B0", "B", ("c",), ("b",)),
        Recoded("B1", "B", ("d",), ("e",)),
    )
    assert found.kept == 3 and found.both == 7


def test_a_code_with_the_same_id_is_renamed_and_its_excerpts_are_not_recoded() -> None:
    after = BEFORE.replace({"a": "z / a"})
    books = book(("a", "1", ""), ("b", "2", "old")), book(("z / a", "1", ""), ("b", "2", "new  er"))
    found = changes(BEFORE, after, *books)
    assert found.codes == (
        CodeChange("renamed", "a", "z / a", "id", 1, 1),
        CodeChange("redefined", "b", "b", "description", 2, 2),
    )
    assert found.recoded == () and found.kept == 4


def test_names_that_change_hands() -> None:
    """a takes the name of b, which is given up: b is lost, not kept."""
    before = said({"A": ["a", "b"]})
    after = said({"A": ["b", "c"]})
    books = book(("a", "1", ""), ("b", "2", "")), book(("b", "1", ""), ("c", "3", ""))
    found = changes(before, after, *books)
    assert found.codes == (
        CodeChange("added", "c", after=1),
        CodeChange("merged", "b", "c", "excerpts", 1, 1, 0, (("c", 1),)),
        CodeChange("renamed", "a", "b", "id", 1, 1),
    )
    assert found.recoded == (Recoded("A1", "A", ("b",), ("c",)),)
    swapped = changes(
        before, said({"A": ["b", "a"]}), books[0], book(("b", "1", ""), ("a", "2", ""))
    )
    assert {one.kind for one in swapped.codes} == {"renamed"} and swapped.recoded == ()


def test_without_ids_a_new_code_with_the_same_excerpts_is_the_old_one() -> None:
    found = changes(BEFORE, BEFORE.replace({"b": "bb"}))
    assert found.codes == (CodeChange("renamed", "b", "bb", "excerpts", 2, 2),)
    assert found.recoded == ()
    two = said({"A": ["a+b"]})
    unclear = changes(two, said({"A": ["c+d"]}))  # who is who
    assert [(one.kind, one.code, one.into) for one in unclear.codes] == [
        ("added", "c", ""), ("added", "d", ""), ("merged", "a", "c"), ("merged", "b", "c"),
    ]  # fmt: skip


def test_a_code_without_excerpts_is_added_and_lost() -> None:
    old = book(*((code, "", "") for code in "abcdeq"))
    found = changes(BEFORE, BEFORE, old, book(*((code, "", "") for code in "abcder")))
    assert found.codes == (CodeChange("added", "r"), CodeChange("lost", "q"))


def test_excerpts_with_other_ids_are_found_by_their_words() -> None:
    before = table(
        {"excerpt": "1", "code": "a", "text": "she walked  with me"},
        {"excerpt": "2", "code": "a", "text": "yes"},
        {"excerpt": "3", "code": "a", "text": "yes"},
        {"excerpt": "4", "code": "a", "text": "it was cold"},
        {"excerpt": "5", "code": "a", "text": ""},
    )
    after = before.assign(excerpt=["x1", "x2", "x3", "4", "x5"], code=["b", "a", "a", "a", "a"])
    after["text"] = ["she walked with me", "yes", "yes", "it was very cold", ""]
    found = changes(before, after)
    assert (found.both, found.by_words, found.reworded) == (2, 1, ("4",))
    assert found.recoded == (Recoded("x1", "A", ("a",), ("b",)),)
    assert found.lost == ("2", "3", "5") and found.added == ("x2", "x3", "x5")
    other = changes(before, after.assign(interview="B"))
    assert other.by_words == 0


def test_a_second_coder_changes_nothing_by_agreeing() -> None:
    both = pd.concat([BEFORE.assign(coder="x"), BEFORE.assign(coder="y")])
    assert changes(BEFORE, both).recoded == ()


def test_a_codebook_with_a_code_or_an_id_twice_is_refused() -> None:
    for twice in (book(("a", "1", ""), ("a", "2", "")), book(("a", "1", ""), ("b", "1", ""))):
        with pytest.raises(ValueError, match="twice"):
            changes(BEFORE, BEFORE, twice, None)
    # without a second codebook nobody knows how it describes its codes
    assert changes(BEFORE, BEFORE, book(("a", "1", "old"), ("b", "2", "old")), None).codes == ()


def test_ids_that_rows_were_counted_by_are_no_ids() -> None:
    """An interview put first moves all numbers by one: nothing is coded anew but what is new. Other
    words at one number are an excerpt that was lost and one that was added."""
    old = table(*(said_by("A", n, "help", f"words {n}") for n in range(1, 4)),
                said_by("A", 9, "help", "words that are gone"))  # fmt: skip
    new = table(said_by("Z", 1, "home", "new words"),
                *(said_by("A", n + 1, "help", f"words {n}") for n in range(1, 4)),
                said_by("A", 9, "help", "words of today"))  # fmt: skip
    as_ids = changes(old, new)
    assert (as_ids.reworded, as_ids.added, as_ids.by_words) == (("f:9",), ("f:1",), 3)
    found = changes(old, new, counted=("f:",))
    assert (found.recoded, found.reworded, found.lost) == ((), (), ("f:9",))
    assert found.added == ("f:1", "f:9") and found.by_words == 3


def said_by(who: str, n: int, theme: str, text: str) -> dict[str, object]:
    return {"excerpt": f"f:{n}", "interview": who, "theme": theme, "text": text}


def test_of_several_codes_a_lost_one_is_merged_with_that_which_its_excerpts_got() -> None:
    """Both had a and got y: merged with y, though a sorts first; where they got both, with the
    first by name."""
    before = said({"A": ["x+a", "x+a", "d"]})
    (added, merged) = changes(before, said({"A": ["a+y", "a+y", "d+y"]})).codes
    assert (added.code, merged.kind, merged.into, merged.already) == ("y", "merged", "y", 0)
    of = {one.code: one for one in changes(said({"A": ["x"]}), said({"A": ["b+c"]})).codes}
    assert of["x"].into == "b"
