"""Word documents to sections and blocks: given this document, these headings, these paragraphs."""

import re
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import NAMESPACE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st
from whole import check, said

from qabot.documents.docx import package
from qabot.documents.docx.document import parse
from qabot.documents.parsed import Parsed
from qabot.errors import DocumentError

NAMESPACES = " ".join(
    [
        nsdecls("w", "wp", "m"),
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"',
    ]
)


def saved(document: WordDocument) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def written(body: str) -> bytes:
    """A document whose body is this XML."""
    document = docx.Document()
    for element in parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"):
        document.element.body.append(element)
    return saved(document)


def p(text: str, settings: str = "") -> str:
    return f'<w:p><w:pPr>{settings}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def kinds(parsed: Parsed) -> list[str]:
    return [block.kind for block in parsed.blocks]


def outline(parsed: Parsed) -> list[tuple[str, str]]:
    return [(section.number, " > ".join(section.path)) for section in parsed.sections[1:]]


def table(document: WordDocument, *rows: str) -> Table:
    """A table of rows such as "Item | Price"."""
    cells = [row.split(" | ") for row in rows]
    made = document.add_table(len(cells), len(cells[0]))
    for row, texts in zip(made.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return made


# Headings


def test_headings_nest_and_the_title_is_no_section() -> None:
    document = docx.Document()
    document.add_heading("Handbook", 0)
    document.add_paragraph("Welcome.")
    document.add_heading("Work", 1)
    document.add_heading("Hours", 2)
    document.add_paragraph("Nine to five.")
    document.add_heading("Pay", 1)
    parsed = parse(saved(document))
    assert parsed.title == "Handbook"
    assert outline(parsed) == [("1", "Work"), ("1.1", "Work > Hours"), ("2", "Pay")]
    assert [parsed.text[s.start : s.body] for s in parsed.sections[1:]] == ["Work", "Hours", "Pay"]
    assert blocks(parsed) == ["Welcome.", "Nine to five."]
    assert parsed.origin.extracted


def test_a_style_of_ones_own_is_a_heading_where_it_is_based_on_one_or_has_an_outline_level() -> None:
    document = docx.Document()
    based = document.styles.add_style("Clause", WD_STYLE_TYPE.PARAGRAPH)
    based.base_style = document.styles["Heading 1"]
    outlined = document.styles.add_style("Sub-clause", WD_STYLE_TYPE.PARAGRAPH)
    outlined.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    document.add_paragraph("Term", style="Clause")
    document.add_paragraph("Notice", style="Sub-clause")
    document.add_paragraph("A month.")
    document.add_paragraph("Law", style="Clause")
    assert outline(parse(saved(document))) == [("1", "Term"), ("1.1", "Term > Notice"), ("2", "Law")]


def test_a_style_that_only_looks_like_the_title_is_none() -> None:
    document = docx.Document()
    document.styles.add_style("Author", WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Title"]
    document.add_heading("Report", 0)
    document.add_paragraph("Ann Lee", style="Author")
    assert (parse(saved(document)).title, blocks(parse(saved(document)))) == ("Report", ["Ann Lee"])


@pytest.mark.parametrize("name", ["Überschrift 2", "Titre 2", "Título 2", "Kop 2", "标题 2", "Heading2"])
def test_a_heading_may_be_named_in_another_language(name: str) -> None:
    document = docx.Document()
    document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    document.add_heading("Above", 1)
    document.add_paragraph("Below", style=name)
    document.add_heading("Next", 1)
    assert outline(parse(saved(document))) == [("1", "Above"), ("1.1", "Above > Below"), ("2", "Next")]


def test_a_style_that_is_not_defined_counts_by_its_id_and_the_paragraph_may_overrule_it() -> None:
    style, none = '<w:pStyle w:val="Heading3"/>', '<w:outlineLvl w:val="9"/>'
    parsed = parse(written(p("One", style) + p("Text") + p("Two", style) + p("No heading", style + none)))
    assert outline(parsed) == [("1", "One"), ("2", "Two")]
    assert blocks(parsed) == ["Text", "No heading"]


def test_a_table_of_contents_is_left_out() -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{p('Contents')}{p('Work 3')}</w:sdtContent></w:sdt>"
    )
    line = p("Work 3", '<w:pStyle w:val="TOC1"/>').replace("TOC1", "toc 1")
    assert blocks(parse(written(contents + line + p("Text.")))) == ["Text."]


# Paragraphs


def test_white_space_is_collapsed_and_marks_are_dropped() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("One\ttwo  three\nfour ")
    paragraph.add_run("bold").bold = True
    paragraph.add_run("face")
    assert blocks(parse(saved(document))) == ["One two three four boldface"]


def test_what_wraps_text_loses_none_of_it() -> None:
    run = '<w:r><w:t xml:space="preserve">{} </w:t></w:r>'
    wrapped = "".join(
        [
            run.format("plain"),
            f"<w:hyperlink>{run.format('link')}</w:hyperlink>",
            f"<w:ins>{run.format('inserted')}</w:ins>",
            f"<w:smartTag>{run.format('tagged')}</w:smartTag>",
            f"<w:sdt><w:sdtContent>{run.format('control')}</w:sdtContent></w:sdt>",
            f'<w:fldSimple w:instr="DATE">{run.format("field")}</w:fldSimple>',
            "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>",
        ]
    )
    body = f"<w:p>{wrapped}</w:p><w:sdt><w:sdtContent>{p('In a control.')}</w:sdtContent></w:sdt>"
    assert blocks(parse(written(body))) == ["plain link inserted tagged control field x=1", "In a control."]


def test_signs_from_a_font_of_symbols_are_read_as_they_look() -> None:
    def sign(font: str, code: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'

    signs = [("Symbol", "F0B3"), ("Symbol", "006D"), ("Wingdings", "F0FC"), ("MS Gothic", "2610"), ("Webdings", "F061")]
    signs += [("Wingdings", "F04A"), ("Symbol", "nonsense"), ("MS Gothic", "FFFFFFFFFF")]
    text = "".join(f"{sign(*each)}<w:r><w:t>,</w:t></w:r>" for each in signs)
    assert blocks(parse(written(f"<w:p>{text}</w:p>"))) == ["≥,μ,✓,☐,,,,,"]


def test_deletions_instructions_and_hidden_words_are_left_out() -> None:
    run = "<w:r>{}<w:t>{}</w:t></w:r>"
    hidden, seen = (f'<w:rPr><w:vanish w:val="{switch}"/></w:rPr>' for switch in "10")
    body = (
        f"<w:p>{run.format('', 'Kept')}<w:del>{run.format('', 'deleted')}<w:r><w:delText>old</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run.format('', 'moved')}</w:moveFrom>{run.format(hidden, 'hidden')}"
        f"<w:r><w:instrText>PAGE</w:instrText></w:r>{run.format(seen, '.')}</w:p>"
    )
    assert blocks(parse(written(body))) == ["Kept."]


def test_a_text_box_comes_once_and_after_its_paragraph() -> None:
    box = f"<w:txbxContent>{p('In the box.')}{p('Still in it.')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    body = f"<w:p><w:r><w:t>Beside it</w:t></w:r><w:r>{both}</w:r><w:r><w:t>.</w:t></w:r></w:p>" + p("After.")
    assert blocks(parse(written(body))) == ["Beside it.", "In the box.", "Still in it.", "After."]


def test_a_picture_says_its_description() -> None:
    picture = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{}"/></wp:inline></w:drawing></w:r>'
    body = f"<w:p>{picture.format('A red bridge')}</w:p><w:p>{picture.format('')}</w:p>"
    assert blocks(parse(written(body))) == ["A red bridge"]


def test_paragraphs_of_code_are_one_block() -> None:
    document = docx.Document()
    document.styles.add_style("Source Code", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("def f():", style="Source Code")
    document.add_paragraph("\treturn 1", style="Source Code")
    document.add_paragraph("So it is.")
    parsed = parse(saved(document))
    assert blocks(parsed) == ["def f():\n\treturn 1", "So it is."]
    assert kinds(parsed) == ["code", "paragraph"]


def test_headers_and_footers_are_left_out() -> None:
    document = docx.Document()
    document.add_paragraph("Body.")
    document.sections[0].header.paragraphs[0].text = "Top"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    assert blocks(parse(saved(document))) == ["Body."]


# Lists


def test_items_are_announced_and_ordered_ones_are_numbered() -> None:
    document = docx.Document()
    document.add_paragraph("You need these:")
    document.add_paragraph("Flour", style="List Bullet")
    document.add_paragraph("White", style="List Bullet 2")
    document.add_paragraph("Do as follows:")
    document.add_paragraph("Mix", style="List Number")
    document.add_paragraph("Bake", style="List Number")
    parsed = parse(saved(document))
    assert blocks(parsed) == ["You need these:", "Flour", "White", "Do as follows:", "1. Mix", "2. Bake"]
    assert kinds(parsed) == ["lead_in", "item", "item", "lead_in", "item", "item"]


LEVELS = [
    ("decimal", "%1", 1),
    ("decimal", "%1.%2", 1),
    ("lowerLetter", "(%3)", 1),
    ("bullet", "•", 1),
    ("lowerRoman", "%5.", 1),
    ("decimal", "%6)", 7),
]


def numbered(*paragraphs: tuple[str, int, str]) -> bytes:
    """Paragraphs as (list, level, text): both lists are of one kind, and the second begins at 5."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/>'
        f'<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (form, text, start) in enumerate(LEVELS)
    )
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    for xml in (
        f'<w:abstractNum {NAMESPACES} w:abstractNumId="90">{levels}</w:abstractNum>',
        f'<w:num {NAMESPACES} w:numId="90"><w:abstractNumId w:val="90"/></w:num>',
        f'<w:num {NAMESPACES} w:numId="91"><w:abstractNumId w:val="90"/>{override}</w:num>',
    ):
        numbering.append(parse_xml(xml))
    for name, level, text in paragraphs:
        settings = document.add_paragraph(text)._p.get_or_add_pPr()
        settings.append(
            parse_xml(f'<w:numPr {NAMESPACES}><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr>')
        )
    return saved(document)


def test_numbers_are_counted_as_word_counts_them() -> None:
    places = [("90", 0), ("90", 1), ("90", 1), ("90", 2), ("90", 0), ("90", 1), ("91", 0), ("90", 5), ("0", 0)]
    assert blocks(parse(numbered(*[(name, level, "x") for name, level in places]))) == [
        "1. x",
        "1.1 x",
        "1.2 x",
        "(a) x",
        "2. x",
        "2.1 x",
        "5. x",
        "7) x",
        "x",
    ]


def test_bullets_roman_numbers_and_unknown_lists_have_no_number() -> None:
    assert blocks(parse(numbered(("90", 3, "a"), ("90", 4, "b"), ("77", 0, "c"), ("90", 99, "d")))) == [*"abcd"]


# Tables


def test_a_row_says_its_column_names() -> None:
    document = docx.Document()
    document.add_paragraph("Before.")
    table(document, "Item | Price | Note", "Bread | 3 € | ", "Milk | 1 € | fresh")
    document.add_paragraph("After.")
    parsed = parse(saved(document))
    rows = ["Item: Bread; Price: 3 €", "Item: Milk; Price: 1 €; Note: fresh"]
    assert blocks(parsed) == ["Before.", *rows, "After."]
    assert kinds(parsed) == ["paragraph", "row", "row", "paragraph"]


def test_merged_cells_are_said_in_each_row_and_column() -> None:
    document = docx.Document()
    made = table(document, "Day | Open | Shut", "Mon | 9 | 5", "Tue | 9 | 5", "Sun | closed | ", "Always closed: |  | ")
    made.cell(1, 1).merge(made.cell(2, 1))
    made.cell(3, 1).merge(made.cell(3, 2))
    made.cell(4, 0).merge(made.cell(4, 2))
    made.cell(1, 1).text = "nine"
    assert blocks(parse(saved(document))) == [
        "Day: Mon; Open: nine; Shut: 5",
        "Day: Tue; Open: nine; Shut: 5",
        "Day: Sun; Open: closed; Shut: closed",
        "Always closed:",
    ]


def test_a_cell_of_its_own_ends_those_merged_above_it() -> None:
    cells = [("restart", "one"), (None, "two"), ("continue", "three")]
    merges = [(f'<w:tcPr><w:vMerge w:val="{merge}"/></w:tcPr>' if merge else "", text) for merge, text in cells]
    rows = "".join(f"<w:tr><w:tc>{merge}{p(text)}</w:tc><w:tc>{p('b')}</w:tc></w:tr>" for merge, text in merges)
    assert blocks(parse(written(f"<w:tbl>{rows}</w:tbl>"))) == ["one: two; b: b", "one: three; b: b"]


def test_several_rows_may_name_the_columns() -> None:
    document = docx.Document()
    made = table(document, "Price | Price | Item", "net | gross | ", "1 | 2 | Tea")
    made.cell(0, 0).merge(made.cell(0, 1)).text = "Price"
    made.cell(0, 2).merge(made.cell(1, 2)).text = "Item"
    for row in made.rows[:2]:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {NAMESPACES}/>"))
    assert blocks(parse(saved(document))) == ["Price net: 1; Price gross: 2; Item: Tea"]


def test_a_form_has_its_names_in_the_first_column() -> None:
    document = docx.Document()
    table(document, "Name: | Ann Lee", "Town: | Rome")
    bold = table(document, "Phone | 123", "Room | 4")
    for row in bold.rows:
        row.cells[0].paragraphs[0].runs[0].bold = True
    assert blocks(parse(saved(document))) == ["Name: Ann Lee", "Town: Rome", "Phone: 123", "Room: 4"]


def test_a_table_of_one_column_or_with_headings_inside_only_places_text() -> None:
    document = docx.Document()
    document.add_heading("Top", 1)
    frame = document.add_table(1, 1).cell(0, 0)
    frame.paragraphs[0].text = "In a frame."
    frame.add_paragraph("Inside", style="Heading 2")
    pair = document.add_table(1, 2)
    pair.cell(0, 0).add_paragraph("Left", style="Heading 2")
    pair.cell(0, 0).add_paragraph("On the left.")
    pair.cell(0, 1).text = "On the right."
    document.add_heading("End", 1)
    parsed = parse(saved(document))
    assert outline(parsed) == [("1", "Top"), ("1.1", "Top > Inside"), ("1.2", "Top > Left"), ("2", "End")]
    assert kinds(parsed) == ["paragraph"] * 3


def test_a_table_within_a_table_follows_its_row() -> None:
    document = docx.Document()
    outer = table(document, "A | B", "1 | 2", "3 | 4")
    inner = outer.cell(1, 1).add_table(2, 2)
    for cell, text in zip(inner._cells, ["C", "D", "5", "6"], strict=True):
        cell.text = text
    assert blocks(parse(saved(document))) == ["A: 1; B: 2", "C: 5; D: 6", "A: 3; B: 4"]


def test_rows_in_controls_are_kept_and_deleted_ones_left_out() -> None:
    row = f"<w:tr>{{}}<w:tc>{p('a{}')}</w:tc><w:tc>{p('b{}')}</w:tc></w:tr>"
    deleted = row.format('<w:trPr><w:del w:id="1"/></w:trPr>', 1, 1)
    kept = f"<w:sdt><w:sdtContent>{row.format('', 2, 2)}</w:sdtContent></w:sdt>"
    body = f"<w:tbl>{row.format('', '', '')}{deleted}{kept}</w:tbl>"
    assert blocks(parse(written(body))) == ["a: a2; b: b2"]


# Notes and properties


def refer(paragraph: Paragraph, kind: str, name: int) -> None:
    paragraph._p.append(parse_xml(f'<w:r {NAMESPACES}><w:{kind}Reference w:id="{name}"/></w:r>'))


def attach(document: WordDocument, kind: str, *notes: str) -> None:
    """Notes numbered from 1, as XML of their paragraphs."""
    inside = "".join(f'<w:{kind} w:id="{name}">{note}</w:{kind}>' for name, note in enumerate(notes, 1))
    part = Part(
        PackURI(f"/word/{kind}s.xml"),
        f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml",
        f"<w:{kind}s {NAMESPACES}>{inside}</w:{kind}s>".encode(),
        document.part.package,
    )
    document.part.relate_to(part, getattr(RELATIONSHIP_TYPE, f"{kind.upper()}S"))


def test_notes_stand_at_the_end_of_their_section() -> None:
    document = docx.Document()
    document.add_heading("One", 1)
    first = document.add_paragraph("Noted")
    refer(first, "footnote", 1)
    first.add_run(", and ended.")
    refer(first, "endnote", 1)
    refer(document.add_paragraph("Again."), "footnote", 1)
    refer(document.add_heading("Two", 1), "footnote", 2)
    document.add_paragraph("Nothing more.")
    attach(document, "footnote", p("A note.") + p("Its rest."), p("Of the heading."), p("Never referred to."))
    attach(document, "endnote", p("An endnote."))
    parsed = parse(saved(document))
    assert [(block.section, text) for block, text in zip(parsed.blocks, blocks(parsed), strict=True)] == [
        (1, "Noted, and ended."),
        (1, "Again."),
        (1, "A note."),
        (1, "Its rest."),
        (1, "An endnote."),
        (2, "Nothing more."),
        (2, "Of the heading."),
    ]


def test_title_and_date_are_the_documents_own() -> None:
    document = docx.Document()
    document.add_heading("Shown", 0)
    document.core_properties.title = " Annual  report "
    document.core_properties.created = datetime(2020, 1, 2)
    document.core_properties.modified = datetime(2024, 5, 6, 23, 59)
    parsed = parse(saved(document))
    assert (parsed.title, parsed.date) == ("Annual report", "2024-05-06")


def test_a_date_that_is_none_is_left_out() -> None:
    document = docx.Document()
    document.add_paragraph("Text.")
    document.core_properties.created = datetime(2020, 1, 2)
    root = document.core_properties._element
    root.modified.text = "yesterday"
    assert parse(saved(document)).date == "2020-01-02"
    root.modified.text = root.created.text = None
    assert parse(saved(document)).date is None


# What cannot be read


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same zip file with each part's bytes changed, or without the part."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return stream.getvalue()


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    return changed(data, lambda part, old: content if part == name else old)


def refused(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(data)
    return str(caught.value)


def encrypted(data: bytes) -> bytes:
    """With the flag of a password set for every part."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = marked.find(signature)
        while place >= 0:
            struct.pack_into("<H", marked, place + offset, 1)
            place = marked.find(signature, place + 1)
    return bytes(marked)


def test_what_is_no_word_document_says_so() -> None:
    data = written(p("Text."))
    assert refused(b"") == "it is empty"
    assert refused(b"Dear Ann,\n") == "it is no Word document; save it as .docx"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == (
        "it is protected with a password or an old .doc; open it in Word and save it as .docx without a password"
    )
    assert refused(data[:-200]) == "it is cut short or damaged; copy it again"
    assert refused(changed(data, lambda name, old: None if name == "[Content_Types].xml" else old)) == (
        "it is a zip file, but no Word document; save it as .docx"
    )
    no_relationships = f'<Relationships xmlns="{NAMESPACE.OPC_RELATIONSHIPS}"/>'.encode()
    assert refused(replaced(data, "_rels/.rels", no_relationships)) == (
        'it is no Word document, or a strict one; save it in Word as "Word document (.docx)"'
    )
    with zipfile.ZipFile(BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml").replace(
            b"wordprocessingml.document.main", b"spreadsheetml.sheet.main"
        )
    assert refused(replaced(data, "[Content_Types].xml", types)) == "it is no Word document; save it as .docx"
    assert refused(encrypted(data)) == "it is protected with a password; save it without one"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/document.xml", None),
        ("word/document.xml", b""),
        ("word/document.xml", b"<w:document"),
        ("word/document.xml", b"\xff\xfe\x00"),
        ("word/styles.xml", b"<a><b></a>"),
        ("word/numbering.xml", None),
        ("_rels/.rels", b"<Relationships/>"),
        ("docProps/core.xml", b"<"),
    ],
)
def test_a_damaged_part_refuses_the_document(name: str, content: bytes | None) -> None:
    data = changed(written(p("Text.")), lambda part, old: content if part == name else old)
    assert refused(data).startswith("it is damaged (")
    assert refused(data).endswith("); open it in Word and save it again")


def test_damaged_bytes_are_refused_or_read_whole() -> None:
    data = written(p("Text."))
    whole = parse(data)
    for place in range(0, len(data), 251):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        try:
            assert len(parse(bytes(broken)).blocks) == len(whole.blocks)
        except DocumentError:
            continue


def test_notes_that_are_no_xml_refuse_the_document() -> None:
    document = docx.Document()
    attach(document, "footnote", "<w:p>")
    assert refused(saved(document)).startswith("it is damaged (")


BILLION_LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["word/document.xml", "docProps/core.xml", "[Content_Types].xml", "word/extra.XML"])
def test_entities_are_refused_wherever_they_are(name: str, encoding: str) -> None:
    entities = (f'<?xml version="1.0" encoding="{encoding}"?>' + BILLION_LAUGHS + "<w>&c;</w>").encode(encoding)
    stream = BytesIO(replaced(written(p("Text.")), name, entities))
    if name == "word/extra.XML":
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr(name, entities)
    assert refused(stream.getvalue()) == (
        f"it defines XML entities (in {name}), which no Word document does; save it again in Word"
    )


def with_part(content: bytes, declared: int | None = None) -> bytes:
    """A document with one more part, whose size the directory may misstate."""
    stream = BytesIO(written(p("Text.")))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.png", content)
    data = bytearray(stream.getvalue())
    if declared is not None:
        struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, declared)
    return bytes(data)


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_BYTES", 5_000_000)
    many = bytes(package.MOST_BYTES)
    assert refused(with_part(many)) == "it unpacks to more than 5 MB; split it"
    # One that lies about its size is cut off there, which shows.
    assert refused(with_part(many, declared=1000)).startswith("it is damaged (")


def test_too_many_parts_or_tags_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(p("Text.") * 50)
    monkeypatch.setattr(package, "MOST_PARTS", 10)
    assert refused(data) == "it is a zip file of more than 10 parts, which no Word document has"
    monkeypatch.undo()
    monkeypatch.setattr(package, "MOST_TAGS", 200)
    assert refused(data) == "it has more than 200 XML tags; split it"


def test_what_refers_to_the_network_or_the_disk_is_not_fetched() -> None:
    document = docx.Document()
    document.part.relate_to("http://example.invalid/notes.xml", RELATIONSHIP_TYPE.FOOTNOTES, is_external=True)
    document.part.relate_to("file:///etc/passwd", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    document.add_paragraph("Text.")
    assert blocks(parse(saved(document))) == ["Text."]


def test_deep_tables_are_read_or_refused() -> None:
    def nested(depth: int) -> bytes:
        return replaced(
            written(""),
            "word/document.xml",
            f"<w:document {NAMESPACES}><w:body>{'<w:tbl><w:tr><w:tc>' * depth}{p('Deep.')}"
            f"{'</w:tc></w:tr></w:tbl>' * depth}</w:body></w:document>".encode(),
        )

    assert blocks(parse(nested(70))) == ["Deep."]
    assert refused(nested(5000)).startswith("it is damaged (")


@pytest.mark.parametrize(
    "body",
    [
        p("Text. ") * 20_000,
        "<w:p/>" * 100_000,
        "<w:p>" + "<w:r><w:t>x </w:t></w:r>" * 100_000 + "</w:p>",
        "<w:tbl>" + f"<w:tr>{('<w:tc>' + p('x') + '</w:tc>') * 3}</w:tr>" * 4_000 + "</w:tbl>",
        "<w:tbl>" + f"<w:tr>{('<w:tc>' + p('x') + '</w:tc>') * 20_000}</w:tr>" * 2 + "</w:tbl>",
        p("x", '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>') * 10_000,
        p("x", '<w:numPr><w:ilvl w:val="many"/><w:numId w:val="-1"/></w:numPr><w:outlineLvl w:val="x"/>'),
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='999999999999'/></w:tcPr></w:tc></w:tr></w:tbl>",
        "<w:tbl><w:tr/></w:tbl><w:tbl/>",
    ],
    ids=lambda body: f"{len(body)} of {body[:30]}",
)
def test_pathological_documents_come_back(body: str) -> None:
    data = replaced(
        written(""), "word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>".encode()
    )
    parsed = parse(data)
    assert parsed.sections[-1].end == len(parsed.text)


def test_styles_that_are_based_on_each_other_end() -> None:
    document = docx.Document()
    one = document.styles.add_style("One", WD_STYLE_TYPE.PARAGRAPH)
    two = document.styles.add_style("Two", WD_STYLE_TYPE.PARAGRAPH)
    one.base_style, two.base_style = two, one
    document.add_paragraph("Text.", style="One")
    assert blocks(parse(saved(document))) == ["Text."]


# What holds for every document

WORD = st.builds("".join, st.tuples(st.text("abcdé中1", min_size=1, max_size=6), st.sampled_from(["", "", ".", ":"])))
WORDS = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
PIECES = st.one_of(
    st.tuples(st.sampled_from(["Title", *[f"Heading {level}" for level in range(1, 10)]]), WORDS),
    st.tuples(st.sampled_from(["Normal", "List Bullet", "List Number", "Caption", "Quote"]), WORDS),
    st.tuples(st.just("table"), st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=4)),
)


def made(pieces: list[tuple[str, str | list[list[str]]]]) -> bytes:
    document = docx.Document()
    for kind, content in pieces:
        if isinstance(content, str):
            document.add_paragraph(content, style=kind)
        else:
            table(document, *(" | ".join(row) for row in content))
    return saved(document)


@given(st.lists(PIECES, max_size=12))
@settings(max_examples=50, deadline=None)
def test_every_word_stands_in_one_place(pieces: list[tuple[str, str | list[list[str]]]]) -> None:
    data = made(pieces)
    parsed = parse(data)
    assert parsed == parse(data)
    check(parsed)
    assert set(re.findall(r"\w+", said(parsed))) >= set(re.findall(r"\w+", str([content for _, content in pieces])))
