"""Files spoilt at random, as bytes and by what they are made of: CSV, ZIP, XML, YAML, JSON.

Every function takes a generator and bytes and gives bytes; the same generator, the same bytes.
"""

import csv
import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import yaml

Mutator = Callable[[random.Random, bytes], bytes]
LARGEST = 1 << 20
"""Bytes of an input: what is larger is cut, so that time is bounded by the reader alone."""

ODD = [
    "", " ", "NA", "nan", "inf", "-inf", "1e400", "1e308", "-1e308", "1e-400", "007", "1,5", "1.50",
    "-9", "+3", "0x1F", "1_000", "TRUE", "null", "~", "٣", "²", "½", "1e5", "9" * 23,
    '"', '""', 'a "b" c', "'", ",", ";", "\t", "|", "a\nb", "a\r\nb", "a\rb", "=1+1", "\\", "#",
    "é", "日本", "🙂", "e\u0301", "\u200b", "\u2028", "\x85", "\x1c", "\ufeff", "\x0b", "\x1a",
    "\x00", "\x7f", "2024-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2024-13-01", "24:60",
    "5%", "<b>", "&amp;", "../../etc/passwd", "/dev/zero", "C:\\x", "{item}", "%s", "%n", "$(id)",
    "__class__", "*", "&a", "!!python/object:os.system", "<<", "-", "{}", "[]", "---", "...", ": ",
    "\ud800", "x" * 5000, "1" * 5000,
]  # fmt: skip
"""Words that readers have fallen over, here or elsewhere."""
_NUMBERS = [0, 1, -1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31,
            2**32 - 1, -(2**31), 2**63 - 1, -(2**63), 2**24, 999]  # fmt: skip


def _word(rng: random.Random) -> str:
    return rng.choice(ODD)


def _encoded(text: str, encoding: str = "utf-8") -> bytes:
    """The text as bytes; half a character as the bytes it would have."""
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


# -- bytes ----------------------------------------------------------------------------------------


def _place(rng: random.Random, data: bytes) -> int:
    """Somewhere; every other time near the beginning or the end, where headers and lists stand."""
    n = len(data)
    kind = rng.random()
    if kind < 0.35:
        return rng.randrange(min(n, 600) + 1)
    if kind < 0.5:
        return max(0, n - rng.randrange(600))
    return rng.randrange(n + 1)


def _flipped(rng: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        if found:
            at = min(_place(rng, data), len(found) - 1)
            found[at] ^= 1 << rng.randrange(8)
    return bytes(found)


def _number_put(rng: random.Random, data: bytes) -> bytes:
    at, size = _place(rng, data), rng.choice([1, 2, 4, 4, 8])
    at -= at % rng.choice([1, size])
    value = rng.choice(_NUMBERS) & ((1 << (8 * size)) - 1)
    return data[:at] + value.to_bytes(size, rng.choice(["little", "big"])) + data[at + size :]


def _float_put(rng: random.Random, data: bytes) -> bytes:
    at = _place(rng, data)
    value = rng.choice(
        [float("nan"), float("inf"), -float("inf"), 1e308, -1.8e308, 1e18, 2.5, -0.0]
    )
    return data[:at] + struct.pack(rng.choice(["<d", ">d"]), value) + data[at + 8 :]


def _inserted(rng: random.Random, data: bytes) -> bytes:
    at = _place(rng, data)
    new = rng.choice([rng.randbytes(rng.randrange(1, 40)), _encoded(_word(rng)), bytes(300)])
    return data[:at] + new + data[at:]


def _removed(rng: random.Random, data: bytes) -> bytes:
    at = _place(rng, data)
    return data[:at] + data[at + rng.choice([1, 2, 4, 8, 16, 100, 1000]) :]


def _repeated(rng: random.Random, data: bytes) -> bytes:
    at, size = _place(rng, data), rng.choice([1, 4, 16, 100, 1000])
    return data[:at] + data[at : at + size] * rng.choice([2, 3, 200]) + data[at + size :]


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: _place(rng, data)]


def _swapped(rng: random.Random, data: bytes) -> bytes:
    a, b = sorted((_place(rng, data), _place(rng, data)))
    size = rng.choice([1, 4, 8, 64])
    one, other = data[a : a + size], data[b : b + size]
    return data[:a] + other + data[a + size : b] + one + data[b + size :]


def _digits(rng: random.Random, data: bytes) -> bytes:
    """A number written in digits becomes another."""
    found = list(re.finditer(rb"[0-9]+", data))
    if not found:
        return _flipped(rng, data)
    one = rng.choice(found)
    return data[: one.start()] + str(rng.choice(_NUMBERS)).encode() + data[one.end() :]


_BYTES: list[Mutator] = [
    _flipped, _number_put, _number_put, _float_put, _inserted, _removed, _repeated, _cut, _swapped,
    _digits,
]  # fmt: skip


def spoilt_bytes(rng: random.Random, data: bytes) -> bytes:
    """One to four changes of bytes."""
    for _ in range(rng.choice([1, 1, 1, 2, 3, 4])):
        data = rng.choice(_BYTES)(rng, data)[:LARGEST]
    return data


# -- CSV ------------------------------------------------------------------------------------------


def csv_of(separator: str = ",", encoding: str = "utf-8") -> Mutator:
    """Tables whose cells, rows, columns and way of writing are changed."""

    def spoilt(rng: random.Random, data: bytes) -> bytes:
        rows = _rows(data, separator, encoding)
        for _ in range(rng.choice([1, 1, 2, 3])):
            rng.choice(_TABLE)(rng, rows)
        return _table(rng, rows, separator, encoding)[:LARGEST]

    return spoilt


def csv_alike(separator: str = ",", encoding: str = "utf-8") -> Mutator:
    """The same table written otherwise: it must be read as the same, or refused."""

    def written(rng: random.Random, data: bytes) -> bytes:
        stream = io.StringIO(newline="")
        quoting = rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
        end = rng.choice(["\n", "\r\n", "\r"])
        writer = csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator=end)
        writer.writerows(_rows(data, separator, encoding))
        mark = b"\xef\xbb\xbf" if encoding == "utf-8" and rng.random() < 0.5 else b""
        return mark + _encoded(stream.getvalue(), encoding)

    return written


def _rows(data: bytes, separator: str, encoding: str) -> list[list[str]]:
    text = data.decode(encoding, "replace").removeprefix("\ufeff").replace("\x00", "")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _table(rng: random.Random, rows: list[list[str]], separator: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    quoting = rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL])
    end = rng.choice(["\n", "\n", "\n", "\r\n", "\r", "\n\n"])
    other = rng.choice([separator] * 12 + [";", "\t"])
    writer = csv.writer(stream, delimiter=other, quoting=quoting, lineterminator=end)
    writer.writerows(rows)
    text = stream.getvalue()
    if rng.random() < 0.1:
        text = text.replace('"', "", rng.randrange(1, 4))
    into = rng.choice([encoding] * 15 + ["utf-8-sig", "utf-16", "cp1252"])
    return _encoded(text, into) if into != "cp1252" else text.encode("cp1252", "replace")


Rows = list[list[str]]


def _some_row(rng: random.Random, rows: Rows) -> list[str]:
    return rng.choice(rows) if rows else []


def _cell(rng: random.Random, rows: Rows) -> None:
    row = _some_row(rng, rows)
    if row:
        row[rng.randrange(len(row))] = _word(rng)


def _column_of_words(rng: random.Random, rows: Rows) -> None:
    at = rng.randrange(max(1, len(_some_row(rng, rows))))
    for row in rows[1:]:
        if at < len(row) and rng.random() < 0.7:
            row[at] = _word(rng)


def _name(rng: random.Random, rows: Rows) -> None:
    if rows and rows[0]:
        rows[0][rng.randrange(len(rows[0]))] = rng.choice([_word(rng), rng.choice(rows[0]), "line"])


def _cells_swapped(rng: random.Random, rows: Rows) -> None:
    one, other = _some_row(rng, rows), _some_row(rng, rows)
    if one and other:
        i, j = rng.randrange(len(one)), rng.randrange(len(other))
        one[i], other[j] = other[j], one[i]


def _row_changed(rng: random.Random, rows: Rows) -> None:
    at = rng.randrange(len(rows) + 1)
    kind = rng.randrange(6)
    if kind == 0:
        del rows[at : at + rng.choice([1, 5, 1000])]
    elif kind == 1:
        rows.insert(at, list(_some_row(rng, rows)))
    elif kind == 2:
        rows.insert(at, [_word(rng) for _ in range(rng.randrange(8))])
    elif kind == 3:
        rows[at:at] = [[]] * rng.choice([1, 30])
    elif kind == 4:
        _some_row(rng, rows).append(_word(rng))
    else:
        del _some_row(rng, rows)[-1:]


def _column_changed(rng: random.Random, rows: Rows) -> None:
    width = max((len(row) for row in rows), default=0)
    at, to = rng.randrange(width + 1), rng.randrange(width + 1)
    kind = rng.randrange(3)
    for row in rows:
        if at < len(row):
            cell = row[at]
            if kind != 1:
                del row[at]
            if kind != 0:
                row.insert(to, cell)


_TABLE: list[Callable[[random.Random, Rows], None]] = [
    _cell, _cell, _cell, _column_of_words, _name, _cells_swapped, _row_changed, _row_changed,
    _column_changed,
]  # fmt: skip


# -- XML and archives -----------------------------------------------------------------------------

_PART = re.compile(r"<[^>]*>|[^<]+")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_ENTITIES = (
    '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
)


def spoilt_xml(rng: random.Random, data: bytes) -> bytes:
    """Tags and texts removed, repeated, moved; attributes changed; what XML may hide."""
    parts = _PART.findall(data.decode("utf-8", "replace"))
    for _ in range(rng.choice([1, 1, 2, 3])):
        if not parts:
            break
        at, kind = rng.randrange(len(parts)), rng.randrange(8)
        if kind == 0:
            del parts[at]
        elif kind == 1:
            parts.insert(at, rng.choice(parts))
        elif kind == 2:
            other = rng.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        elif kind in (3, 4, 5):
            parts[at] = _with_attribute(rng, parts[at], parts)
        elif kind == 6:
            parts[at : at + 1] = [parts[at]] * rng.choice([2, 300])
        else:
            parts.insert(
                min(at, 2), rng.choice([*_ENTITIES, "<![CDATA[x]]>", "<?xml?>", "&b;", "]]>"])
            )
    return _encoded("".join(parts))[:LARGEST]


def _with_attribute(rng: random.Random, part: str, parts: Sequence[str]) -> str:
    """A value of another element, or an odd word, for one of an element's; a text for a text."""
    found = list(_ATTRIBUTE.finditer(part))
    if not found:
        return rng.choice([_word(rng), rng.choice(parts)])
    one = rng.choice(found)
    others = _ATTRIBUTE.findall(rng.choice(parts))
    value = rng.choice([_word(rng), str(rng.choice(_NUMBERS)), *(value for _, value in others)])
    if rng.random() < 0.2:
        return part[: one.start()] + part[one.end() :]
    return part[: one.start(2)] + value.replace('"', "&quot;") + part[one.end(2) :]


def spoilt_zip(rng: random.Random, data: bytes) -> bytes:
    """One member of an archive changed, renamed, removed or there twice; or the archive's bytes."""
    members = _members(data)
    if not members or rng.random() < 0.15:
        return spoilt_bytes(rng, data)
    at, kind = rng.randrange(len(members)), rng.randrange(12)
    name, content = members[at]
    if kind == 0:
        del members[at]
    elif kind == 1:
        new = rng.choice(
            [_word(rng), "../" + name, "/" + name, name.upper(), rng.choice(members)[0]]
        )
        members[at] = (new.replace("\ud800", ""), content)
    elif kind == 2:
        members[at] = (name, rng.choice(members)[1])
    elif kind == 3:
        members[at] = (name, rng.choice([b"", bytes(LARGEST), content * 50])[: 20 * LARGEST])
    else:
        spoil = rng.choice([spoilt_xml, spoilt_xml, spoilt_xml, spoilt_bytes])
        members[at] = (name, spoil(rng, content))
    packed = _packed(members, zipfile.ZIP_DEFLATED)
    return spoilt_bytes(rng, packed) if rng.random() < 0.1 else packed


def zip_alike(rng: random.Random, data: bytes) -> bytes:
    """The same members, packed otherwise and in another order."""
    members = _members(data)
    rng.shuffle(members)
    return _packed(members, rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


def _members(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _packed(members: Sequence[tuple[str, bytes]], how: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name.replace("\x00", "") or "x")  # the same time in each
            info.compress_type = how
            archive.writestr(info, content)
    return stream.getvalue()


# -- YAML and JSON --------------------------------------------------------------------------------


def spoilt_yaml(rng: random.Random, data: bytes) -> bytes:
    """Entries changed as data, or lines as text."""
    if rng.random() < 0.3:
        return _lines_changed(rng, data)
    tree = yaml.load(data, Loader=yaml.CSafeLoader)
    changed_tree(rng, tree)
    try:
        text = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    except UnicodeEncodeError:  # half a character
        return _lines_changed(rng, data)
    return _encoded(text)


def yaml_alike(rng: random.Random, data: bytes) -> bytes:
    """The same entries with other comments and blank lines between them."""
    lines = data.decode().splitlines()
    whole = [i for i, line in enumerate(lines) if re.match(r"[a-z_]+:", line)]
    for at in sorted(rng.sample(whole, min(3, len(whole))), reverse=True):
        lines[at:at] = rng.choice([["# a comment"], ["", ""], ["# : - [", ""]])
    return ("\n".join(lines) + "\n").encode()


def spoilt_json(rng: random.Random, data: bytes) -> bytes:
    """Entries changed as data, or bytes."""
    if rng.random() < 0.3:
        return spoilt_bytes(rng, data)
    tree = json.loads(data)
    changed_tree(rng, tree)
    return _encoded(json.dumps(tree, ensure_ascii=True, default=str))


def _lines_changed(rng: random.Random, data: bytes) -> bytes:
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(rng.choice([1, 1, 2])):
        at, kind = rng.randrange(len(lines) + 1), rng.randrange(6)
        line = lines[at] if at < len(lines) else ""
        if kind == 0:
            del lines[at : at + 1]
        elif kind == 1:
            lines.insert(at, rng.choice(lines) if lines else "")
        elif kind == 2:
            lines[at : at + 1] = [" " * rng.randrange(6) + line.lstrip()]
        elif kind == 3:
            lines[at : at + 1] = [
                line.replace(rng.choice(":-\"'[{#"), rng.choice(':"[{&*!|>%@'), 1)
            ]
        elif kind == 4:
            lines[at : at + 1] = [f"{line.partition(':')[0]}: {_word(rng)}"]
        else:
            lines[at : at + 1] = [
                line + rng.choice([" &a", " *a", " [[[[", " {", ' "', " | ", "\t"])
            ]
    return _encoded("\n".join(lines))


def changed_tree(rng: random.Random, tree: Any) -> None:
    """One to three entries of lists and mappings removed, renamed, moved, or of another type."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        nodes = list(_nodes(tree))
        if not nodes:
            return
        node, key = rng.choice(nodes)
        _entry_changed(rng, node, key, nodes)


def _nodes(tree: Any, depth: int = 0) -> Any:
    if depth > 12:  # what was moved into itself
        return
    if isinstance(tree, dict):
        places: Any = list(tree)
    else:
        places = range(len(tree)) if isinstance(tree, list) else ()
    for key in places:
        yield tree, key
        yield from _nodes(tree[key], depth + 1)


def _entry_changed(rng: random.Random, node: Any, key: Any, nodes: list[tuple[Any, Any]]) -> None:
    kind = rng.randrange(7)
    other, place = rng.choice(nodes)
    try:
        moved = _copied(other[place])
    except (KeyError, IndexError):  # removed by an earlier change
        return
    if kind == 0:
        del node[key]
    elif kind == 1:
        node[key] = moved
    elif kind == 2 and isinstance(node, dict):
        node[rng.choice([_word(rng), place if isinstance(place, str) else "x"])] = node.pop(key)
    elif kind == 3 and isinstance(node, dict):
        node[place if isinstance(place, str) else "x"] = moved
    elif kind == 4:
        node[key] = rng.choice([[node[key]], {"x": node[key]}, [node[key]] * 30, str(node[key])])
    else:
        node[key] = _other_value(rng, node[key])


def _other_value(rng: random.Random, value: Any) -> Any:
    if isinstance(value, bool):
        return rng.choice([not value, "no", 2, None])
    if isinstance(value, int | float):
        return rng.choice([0, -1, value + 1, 1e308, -1e-9, 10**30, 2**63, 0.5, str(value), None])
    if isinstance(value, str) and value and rng.random() < 0.4:
        at = rng.randrange(len(value))
        return value[:at] + rng.choice(["", " ", "x", _word(rng)]) + value[at + 1 :]
    return rng.choice([_word(rng), 0, -1, 1e308, 10**30, True, None, [], {}, [_word(rng)], [[]]])


def _copied(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=str)) if isinstance(tree, dict | list) else tree


# -- others ---------------------------------------------------------------------------------------

_TOKENS = [
    "score", "age", "sex", "on", "'f'", "'m'", "'2024-01-01'", "1", "0", "2.5", "1e308", "10**9",
    "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "**", "//", "==", "!=", "<", ">=", "in",
    "not", "and", "or", "&", "|", "~", "log", "log1p", "exp", "sqrt", "abs", "None", "True",
    "lambda: 0", "__import__('os')", "score.real", "f'{age}'", "x", "not in", "is", "@", ":=",
    "if", "else", "'",
    "9" * 400, "(" * 300, "-" * 2000, "~" * 500, "not " * 400, "\n", "#", "\x00", "1j", "...",
]  # fmt: skip


def spoilt_expression(rng: random.Random, data: bytes) -> bytes:
    """An expression whose words are changed for others that may stand in one, or may not."""
    words = re.findall(r"'[^']*'|[\w.]+|\*\*|[=!<>]=|\S", data.decode("utf-8", "replace"))
    for _ in range(rng.choice([1, 1, 2, 3, 6])):
        at = rng.randrange(len(words) + 1)
        words[at : at + rng.choice([0, 1, 1, 2])] = [rng.choice([*_TOKENS, *words])]
    return _encoded(rng.choice([" ", " ", ""]).join(words))


def spoilt_any(rng: random.Random, data: bytes) -> bytes:
    """By what a file seems to be."""
    if data.startswith(b"PK"):
        return spoilt_zip(rng, data)
    if b"," in data[:200] and data[:200].isascii() and b"\x00" not in data[:400]:
        return rng.choice([csv_of(), csv_of(), spoilt_bytes])(rng, data)
    return spoilt_bytes(rng, data)
