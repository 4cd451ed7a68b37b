"""An empty Word file of our own: styles as XML beside this module, nobody else's metadata."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as WordDocument

_HERE = Path(__file__).parent
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PARTS = ("styles", "numbering", "settings")
_BEGIN = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a ZIP can hold: the clock is not asked
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


def empty_document() -> WordDocument:
    """A document without content, dates or authors, with the report's styles."""
    content = BytesIO()
    with ZipFile(content, "w") as file:
        for name, text in _parts().items():
            file.writestr(name, text)
    content.seek(0)
    return Document(content)


def packed(document: WordDocument) -> bytes:
    """The document as a file: the same bytes for the same content."""
    saved, out = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as file, ZipFile(out, "w") as made:
        names = sorted(file.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = ZipInfo(name, _EARLIEST)
            info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
            info.compress_type = ZIP_DEFLATED
            made.writestr(info, file.read(name), compresslevel=6)
    return out.getvalue()


def _parts() -> dict[str, str]:
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{_DOCUMENT}/{name}" Target="{name}.xml"/>'
        for at, name in enumerate(_PARTS, 1)
    )
    kinds = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_MAIN}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), *((name, name) for name in _PARTS))
    )
    return {
        "[Content_Types].xml": f'{_BEGIN}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{kinds}'
        f'<Override PartName="/docProps/core.xml" ContentType="{_CORE}"/></Types>',
        "_rels/.rels": f'{_BEGIN}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f"{_BEGIN}<cp:coreProperties"
        f' xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title/></cp:coreProperties>',
        "word/document.xml": f'{_BEGIN}<w:document xmlns:w="{_W}"><w:body><w:sectPr/></w:body>'
        "</w:document>",
        "word/_rels/document.xml.rels": f"{_BEGIN}<Relationships"
        f' xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        **{
            f"word/{name}.xml": (_HERE / f"word_{name}.xml").read_text(encoding="utf-8")
            for name in _PARTS
        },
    }
