"""CSV text without a quotation mark whose lines have equally many fields: read all at once.

Most exports are so. Every line is a record then, and every separator ends a field, so that nothing
is left to interpret; text that is otherwise is left to the reader that walks record by record.
"""

import pandas as pd
import pyarrow as pa
import pyarrow.csv


def even_records(body: str, header: int, separator: str) -> pd.DataFrame | None:
    """The records as text, columns by position; None if the text is not even, or narrower than the
    header's number of fields."""
    text = _plain(body)
    if text is None:
        return None
    end = text.find("\n")
    width = text.count(separator, 0, end if end >= 0 else len(text)) + 1
    if width < max(header, 2):
        return None
    names = [str(i) for i in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text.encode()),
            pa.csv.ReadOptions(column_names=names, block_size=2**22),
            pa.csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:  # a line with more or fewer fields
        return None
    columns = {}
    for i in range(width):  # one at a time: the pieces of a column go when it is whole
        cells = pa.array(table.column(0).cast(pa.large_string()).combine_chunks())
        columns[i] = pd.Series(cells, dtype="str", copy=False)
        table = table.remove_column(0)
    return pd.DataFrame(columns, copy=False)


def _plain(body: str) -> str | None:
    """The text with line ends written \\n; None if it holds quotation marks or blank lines, or
    begins with a mark that the reader would take off."""
    if '"' in body or body.startswith("\ufeff"):
        return None
    text = body.replace("\r\n", "\n").replace("\r", "\n") if "\r" in body else body
    return None if text.startswith("\n") or "\n\n" in text or not text else text
