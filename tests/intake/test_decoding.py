"""UTF-8 that was declared as an encoding of one byte a character is said, other text is read."""

import codecs
from pathlib import Path

import pytest

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import read_raw

UTF_8 = {
    "one letter, Latin-1": ("P2,Öland", "latin-1", r"line 3: is UTF-8: latin-1 would read 'Ã\x96'"),
    "one letter, cp1252": ("P2,Öland", "cp1252", "line 3: is UTF-8: cp1252 would read 'Ã–' where"),
    "an apostrophe": ("P2,it’s", "windows-1252", "line 3: is UTF-8: windows-1252 would read 'â€™'"),
    "three letters": ("P2,żół", "cp1250", "line 3: is UTF-8: cp1250 would read 'ĹĽ' where 'ż'"),
    "Greek": ("P2,Αθήνα", "cp1253", "line 3: is UTF-8: cp1253 would read 'Ξ‘' where 'Α' is"),
    "a byte that is none of cp1252": (
        "P2,Í",
        "cp1252",
        "line 3: byte 0x8d is not cp1252; all of it is utf-8: write encoding: utf-8",
    ),
}
OTHER = {
    "Latin-1": ("P2,Öland", "latin-1"),
    "cp1252": ("P2,“Ã” Â© it’s", "cp1252"),
    "a sequence by chance": ("P2,CAFÉ™", "cp1252"),
    "another by chance": ("P2,ORĂŞENI", "cp1250"),
    "Russian": ("P2,Город", "cp1251"),
    "Japanese": ("P2,東京", "shift_jis"),
    "ASCII": ("P2,Oland", "cp1252"),
    "UTF-16": ("P2,Öland", "utf-16"),
    "UTF-8 by its other name": ("P2,Öland it’s", "utf-8-sig"),
}


def written(folder: Path, content: bytes, encoding: str) -> tuple[Path, Written]:
    """A CSV file."""
    path = folder / "a.csv"
    path.write_bytes(content)
    return path, Written(path="a.csv", encoding=encoding)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("name", UTF_8)
def test_utf_8_under_another_name_is_said(tmp_path: Path, name: str, mark: bytes) -> None:
    record, encoding, said = UTF_8[name]
    content = mark + f"id,place\nP1,x\n{record}\n".encode()
    with pytest.raises(CespError) as caught:
        read_raw(*written(tmp_path, content, encoding))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].endswith("write encoding: utf-8")
    if not mark:
        assert caught.value.problems[0].startswith(f"a.csv: {said}")


@pytest.mark.parametrize("name", OTHER)
def test_text_in_its_encoding_is_read(tmp_path: Path, name: str) -> None:
    record, encoding = OTHER[name]
    content = f"id,place\nP1,x\n{record}\n".encode(encoding)
    frame = read_raw(*written(tmp_path, content, encoding))
    assert frame["place"].tolist() == ["x", record.removeprefix("P2,")]
