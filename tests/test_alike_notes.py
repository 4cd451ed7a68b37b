"""Notes under a table that differ in numbers and names alone are one note, in the study's words."""

from cesp_analysis.alike_notes import SEVERAL, alike
from cesp_analysis.quoting import names_in, quoted


def upper(name: str) -> str:
    return name.upper()


def test_numbers_that_differ_become_their_range() -> None:
    texts = [
        f"it is matched among {n} answers, fewer than 10 for each of 5 donors" for n in (9, 31, 22)
    ]
    note = "it is matched among 9 to 31 answers, fewer than 10 for each of 5 donors"
    assert alike(texts, upper) == dict.fromkeys(texts, note)
    shares = ["moves by 0.31 of 1,200", "moves by 0.27 of 1,000"]
    assert set(alike(shares, upper).values()) == {"moves by 0.27 to 0.31 of 1,000 to 1,200"}


def test_names_are_labels_and_many_of_them_are_not_listed() -> None:
    one = "it is left out of the model of 'a@t', 'b@t', 'c@t' and 5 more: it repeats others"
    assert alike([one], upper) == {
        one: "it is left out of the model of A@T; B@T; C@T and 5 more: it repeats others"
    }
    other = "it is left out of the model of 'd@t': it repeats others"
    said = f"it is left out of the model of {SEVERAL}: it repeats others"
    assert alike([one, other], upper) == {one: said, other: said}
    few = [f"'{name}' determine it" for name in ("a", "b, 1", "a")]
    assert set(alike(few, upper).values()) == {"A; B, 1 determine it"}


def test_other_words_are_other_notes() -> None:
    texts = ["it has one value: it predicts nothing", "3 answered it, too few", "all answers are 2"]
    assert alike(texts, upper) == {text: text for text in texts}
    assert alike([], upper) == {}
    mixed = ["'a': it has one value", "it has one value"]
    assert len(set(alike(mixed, upper).values())) == 2


def test_categories_may_hold_apostrophes_and_quotes() -> None:
    """'Don't know' is a usual one; each name ends where its quote does."""
    names = ["says[Don't know]", "says[the dogs' food]", "says['no']", "a@t", "says[ends']"]
    assert names_in(f"people's answers: {quoted(names)} tell it") == names
    one = f"{quoted(names[:2])} nearly determine one another, and 12 people's answers lack both"
    note = f"{'; '.join(names[:2]).upper()} nearly determine one another, and 12 people's answers"
    assert alike([one], upper) == {one: f"{note} lack both"}
    two = [f"it is left out of the model of {quoted([name])}: it repeats" for name in names[:2]]
    said = f"it is left out of the model of {'; '.join(names[:2]).upper()}: it repeats"
    assert alike(two, upper) == dict.fromkeys(two, said)
