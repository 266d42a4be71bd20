"""PDF to sections, blocks and pages: given lines at places on pages, these headings, these paragraphs."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from whole import check, document, said

from qabot.documents.parsed import Parsed
from qabot.documents.pdf.document import parse
from qabot.errors import DocumentError

FONTS = {"body": "Helvetica", "bold": "Helvetica-Bold", "code": "Courier"}
PICTURE = "q 400 0 0 600 0 0 cm /Picture Do Q"


@dataclass(frozen=True)
class Text:
    """A line of a page, `x` and `y` points from its left and lower edge."""

    text: str
    x: float
    y: float
    size: float = 10
    font: str = "body"
    matrix: str = "1 0 0 1"


@dataclass(frozen=True)
class Entry:
    """A bookmark that leads to the height `y` of a page."""

    title: str
    level: int
    page: int
    y: float


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def content(page: Iterable[Text | str]) -> str:
    """The drawing commands of a page."""
    return "\n".join(
        item
        if isinstance(item, str)
        else f"BT /{item.font} {item.size} Tf {item.matrix} {item.x} {item.y} Tm ({escaped(item.text)}) Tj ET"
        for item in page
    )


def build(
    pages: Sequence[Iterable[Text | str]],
    outline: Sequence[Entry] = (),
    trailer: str = "",
    **info: str,
) -> bytes:
    """A PDF with these pages, bookmarks and entries of the information dictionary."""
    objects = ["<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>", "", ""]
    objects[2] = f"<< {' '.join(f'/{key} ({escaped(value)})' for key, value in info.items())} >>"
    children = [place + 5 for place, entry in enumerate(outline) if entry.level == 0]
    first = f"/First {children[0]} 0 R /Last {children[-1]} 0 R" if children else ""
    objects.append(f"<< /Type /Outlines {first} >>")
    # Pages follow after the outline, two objects each, then the fonts and a picture.
    begin = 5 + len(outline)
    fonts = begin + 2 * len(pages)
    objects += [bookmark(outline, place, begin) for place in range(len(outline))]
    names = " ".join(f"/{name} {fonts + place} 0 R" for place, name in enumerate(FONTS))
    resources = f"/Resources << /Font << {names} >> /XObject << /Picture {fonts + len(FONTS)} 0 R >> >>"
    for place, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {begin + 2 * place + 1} 0 R {resources} >>"
        )
        commands = content(page)
        objects.append(f"<< /Length {len(commands)} >>\nstream\n{commands}\nendstream")
    objects += [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>" for font in FONTS.values()
    ]
    objects.append(
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
        "\nstream\n0\nendstream"
    )
    kids = " ".join(f"{begin + 2 * place} 0 R" for place in range(len(pages)))
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>"
    return assembled(objects, trailer)


def bookmark(outline: Sequence[Entry], place: int, first_page: int) -> str:
    entry = outline[place]
    below = []
    following = None
    for number in range(place + 1, len(outline)):
        if outline[number].level <= entry.level:
            following = number if outline[number].level == entry.level else None
            break
        if outline[number].level == entry.level + 1:
            below.append(number)
    links = f"/Next {following + 5} 0 R " if following else ""
    links += f"/First {below[0] + 5} 0 R /Last {below[-1] + 5} 0 R" if below else ""
    return f"<< /Title ({escaped(entry.title)}) /Dest [{first_page + 2 * entry.page} 0 R /XYZ 0 {entry.y} 0] {links} >>"


def assembled(objects: Sequence[str], trailer: str = "") -> bytes:
    data = b"%PDF-1.4\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    table += "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + (table + end).encode()


def lines(*texts: str, y: float = 700, x: float = 72, leading: float = 12) -> list[Text]:
    """Lines of a paragraph, the first at the height `y`."""
    return [Text(text, x, y - leading * place) for place, text in enumerate(texts)]


def heading(text: str, y: float, size: float = 16) -> Text:
    return Text(text, 72, y, size, "bold")


def read(*pages: Iterable[Text | str]) -> Parsed:
    return parse(build(pages))


def outline_of(parsed: Parsed) -> list[tuple[str, str]]:
    return [(section.number, " > ".join(section.path)) for section in parsed.sections[1:]]


def texts(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def kinds(parsed: Parsed) -> list[tuple[str, str]]:
    return [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]


def page_of(parsed: Parsed, words: str) -> int | None:
    return document(parsed).page(parsed.text.index(words))


LONG = "All of these words stand here so that the line is about as long as a line of running text"
LONGER = f"{LONG} is."


# Paragraphs


def test_lines_close_together_are_a_paragraph_and_a_gap_begins_the_next() -> None:
    parsed = read([*lines(LONG, "is in a book."), *lines(LONG, "is, too.", y=660)])
    assert texts(parsed) == [f"{LONG} is in a book.", f"{LONG} is, too."]


def test_a_line_that_is_set_in_begins_a_paragraph() -> None:
    parsed = read([*lines(LONG, LONGER), Text(LONG, 90, 676), *lines("is, too.", y=664)])
    assert texts(parsed) == [f"{LONG} {LONGER}", f"{LONG} is, too."]


def test_a_short_line_that_ends_a_sentence_ends_the_paragraph() -> None:
    parsed = read(lines(LONG, "is in a book.", f"iota: {LONG}", "is, too."))
    assert texts(parsed) == [f"{LONG} is in a book.", f"iota: {LONG} is, too."]


def test_words_parted_by_a_hyphen_are_put_together_and_compounds_keep_theirs() -> None:
    parsed = read(
        [
            *lines(f"{LONG} docu-", f"ment. {LONG} state-of-", f"the-art. {LONG} well-", "known."),
            *lines("What is well-known is known.", y=600),
        ]
    )
    first = texts(parsed)[0]
    assert "text document. All" in first
    assert "text state-of-the-art. All" in first
    assert first.endswith("text well-known.")


def test_the_hyphen_of_a_word_that_is_ended_later_stays() -> None:
    assert texts(read(lines(f"{LONG} pre-", "and post-war."))) == [f"{LONG} pre- and post-war."]
    assert texts(read(lines(f"They go into {LONG} in-", "to it."))) == [f"They go into {LONG} into it."]


def test_a_paragraph_goes_on_over_the_page_break() -> None:
    parsed = read(lines(LONG, LONG), [*lines("is going on here."), *lines("The next one.", y=600)])
    assert texts(parsed) == [f"{LONG} {LONG} is going on here.", "The next one."]
    assert page_of(parsed, "All of") == 1
    assert page_of(parsed, "is going") == 2
    assert document(parsed).page(parsed.text.index("is going") - 1) == 1
    assert page_of(parsed, "The next") == 2


def test_a_note_at_the_foot_of_the_page_stands_before_the_paragraph_that_goes_on() -> None:
    note = [Text("1", 72, 103, 6), Text("A note.", 78, 100, 8)]
    parsed = read([*lines(LONGER), *lines(LONG, LONG, y=660), *note], lines("is going on here."))
    assert texts(parsed) == [LONGER, "1 A note.", f"{LONG} {LONG} is going on here."]
    assert [page_of(parsed, words) for words in ("A note", "is going")] == [1, 2]


def test_a_note_does_not_part_a_list() -> None:
    note = [Text("1", 72, 103, 6), Text("A note.", 78, 100, 8)]
    parsed = read([*lines("You get:", "1. money", y=200), *note], lines("2. leave"), lines(LONGER))
    assert kinds(parsed) == [
        ("paragraph", "1 A note."),
        ("lead_in", "You get:"),
        ("item", "1. money"),
        ("item", "2. leave"),
        ("paragraph", LONGER),
    ]


def test_an_address_over_two_lines_is_whole() -> None:
    parsed = read(
        lines(f"{LONG} http://example.org/", f"pay/now. {LONG} help@lists.", "example.org.", "It is for all.")
    )
    assert "text http://example.org/pay/now. All" in parsed.text
    assert "text help@lists.example.org. It" in " ".join(parsed.text.split())


def test_raised_figures_are_words_of_their_own_and_indices_are_not() -> None:
    parsed = read(
        [*lines("See the book", y=700), Text("2", 130.6, 704, 6), *lines("H", x=72, y=680), Text("2", 80, 678, 6)]
    )
    assert texts(parsed) == ["See the book 2", "H2"]


def test_pages_without_text_count() -> None:
    parsed = read([], lines(LONGER), [], lines("Here it ends."), [])
    assert [page_of(parsed, words) for words in (LONGER, "Here")] == [2, 4]
    assert len(parsed.origin.pages) == 5


def test_columns_are_read_one_after_the_other() -> None:
    left = lines("The left column of the page has", "these words and it goes on at", "the top of the other one which")
    right = lines("has the rest of them. The end", "of the page is here.", x=330)
    assert texts(read(left + right)) == [
        "The left column of the page has these words and it goes on at the top of the other one which "
        "has the rest of them. The end of the page is here."
    ]


def test_text_on_its_side_is_read_and_a_tilted_stamp_is_not() -> None:
    aside = Text("On its side.", 40, 300, matrix="0 1 -1 0")
    stamp = Text("DRAFT", 200, 200, 60, matrix="0.7 0.7 -0.7 0.7")
    assert texts(read([*lines(LONGER), aside, stamp])) == [LONGER, "On its side."]


# Headings


def test_larger_and_bold_lines_are_headings_and_the_largest_is_the_title() -> None:
    parsed = read(
        [
            heading("Handbook", 740, 24),
            heading("1. Pay", 700, 16),
            *lines(LONGER, y=680),
            heading("1.1 Bonus", 640, 13),
            *lines(LONGER, y=620),
            heading("2. Leave", 580, 16),
            *lines(LONGER, y=560),
        ]
    )
    assert parsed.title == "Handbook"
    assert outline_of(parsed) == [("1", "Pay"), ("1.1", "Pay > Bonus"), ("2", "Leave")]
    assert texts(parsed) == [LONGER] * 3


def test_a_bold_sentence_and_a_bold_list_are_no_headings() -> None:
    bold = [Text(text, 72, y, 10, "bold") for text, y in [("Read this.", 700), ("Anna", 600), ("Berta", 580)]]
    parsed = read([bold[0], *lines(LONGER, y=680), *bold[1:], *lines(LONGER, y=540)])
    assert outline_of(parsed) == []


def test_bookmarks_say_what_is_a_heading_and_at_what_level() -> None:
    page = [
        *lines("2 Pay", y=700),
        *lines(LONGER, y=680),
        *lines("Who gets a", "bonus", y=640),
        *lines(LONGER, y=600),
        *lines("3 Leave", y=560),
        *lines(LONGER, y=540),
    ]
    marks = [Entry("Pay", 0, 0, 710), Entry("Who gets a bonus", 1, 0, 650), Entry("Leave", 0, 0, 570)]
    parsed = parse(build([page], marks))
    assert outline_of(parsed) == [("1", "2 Pay"), ("1.1", "2 Pay > Who gets a bonus"), ("2", "3 Leave")]
    assert texts(parsed) == [LONGER] * 3


def test_the_title_on_the_cover_is_no_section_of_a_document_with_bookmarks() -> None:
    cover = [heading("The Pay’s Book", 600, 24), *lines("by Anna", y=500)]
    pages = [cover, *[[heading(name, 700), *lines(f"{name}: {LONGER}", y=680)] for name in ("Pay", "Leave")]]
    marks = [Entry("Pay", 0, 1, 710), Entry("Leave", 0, 2, 710)]
    for title in ("", "The Pay's Book"):
        parsed = parse(build(pages, marks, Title=title))
        assert parsed.title == "The Pay’s Book"
        assert outline_of(parsed) == [("1", "Pay"), ("2", "Leave")]
        assert texts(parsed) == ["by Anna", f"Pay: {LONGER}", f"Leave: {LONGER}"]


def test_a_number_above_a_heading_belongs_to_it_and_one_in_words_is_left_out() -> None:
    pages = [
        [heading("CHAPTER THREE", 700, 12), heading("PAY", 670), *lines(f"Pay: {LONGER}", y=640)],
        [heading("Chapter 4", 700, 12), heading("Leave", 670), *lines(f"Leave: {LONGER}", y=640)],
    ]
    parsed = parse(build(pages, [Entry("Pay", 0, 0, 690), Entry("Leave", 0, 1, 690)]))
    assert outline_of(parsed) == [("1", "PAY"), ("4", "Chapter 4 Leave")]
    assert texts(parsed) == [f"Pay: {LONGER}", f"Leave: {LONGER}"]


def test_bookmarks_that_name_no_line_are_not_believed() -> None:
    page = [*lines("Before.", y=740), heading("Pay", 700), *lines(LONGER, y=680)]
    assert outline_of(parse(build([page], [Entry("Slide 1", 0, 0, 700)]))) == [("1", "Pay")]
    marks = [Entry(title, 0, 0, 740) for title in ("Before", "Slide 2", "Slide 3")]
    assert outline_of(parse(build([page], marks))) == [("1", "Pay")]


# Lists, tables, code


def test_items_of_lists_lose_their_bullets_and_keep_their_numbers() -> None:
    parsed = read(
        [
            *lines("You get:"),
            Text("•", 82, 680),
            *lines("money, which is paid every month to the account that you named when you came", y=680, x=92),
            *lines("or later", y=668, x=92),
            Text("•", 82, 650),
            *lines("leave", y=650, x=92),
            *lines("You do this:", y=620),
            *lines("1. write", y=600, x=82),
            *lines("2. send", y=588, x=82),
            *lines(LONGER, y=560),
        ]
    )
    assert kinds(parsed) == [
        ("lead_in", "You get:"),
        ("item", "money, which is paid every month to the account that you named when you came or later"),
        ("item", "leave"),
        ("lead_in", "You do this:"),
        ("item", "1. write"),
        ("item", "2. send"),
        ("paragraph", LONGER),
    ]


def test_a_number_at_the_beginning_of_a_line_within_a_sentence_is_no_item() -> None:
    parsed = read(lines(f"{LONG} is page", "12. That is all."))
    assert texts(parsed) == [f"{LONG} is page 12. That is all."]


def test_lines_with_columns_are_rows() -> None:
    cells = [("Grade", "Pay"), ("Junior", "1,000"), ("Senior", "2,000")]
    rows = [
        Text(pair[column], x, 650 - 14 * row) for row, pair in enumerate(cells) for column, x in [(0, 72), (1, 200)]
    ]
    parsed = read([*lines(LONG, LONGER), *rows, *lines("a month", y=612, x=200), *lines(LONGER, y=580)])
    assert kinds(parsed)[1:] == [
        ("row", "Grade; Pay"),
        ("row", "Junior; 1,000"),
        ("row", "Senior; 2,000 a month"),
        ("paragraph", LONGER),
    ]
    assert "Grade; Pay\nJunior; 1,000" in parsed.text


def test_code_keeps_its_lines_and_its_margins() -> None:
    code = [("def pay(name, sum):", 90, 640), ("bank.send(name, sum)", 114, 628), ("pay(anna, 3)", 90, 604)]
    parsed = read([*lines(LONG, LONGER), *[Text(*item, font="code") for item in code], *lines(LONGER, y=560)])
    assert kinds(parsed)[1] == ("code", "def pay(name, sum):\n    bank.send(name, sum)\n\npay(anna, 3)")


# What is beside the text


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        [Text("Handbook", 72, 760), Text(f"Page {number} of 4", 280, 40), *lines(f"{word} {LONGER}", y=700)]
        for number, word in enumerate(["Pay:", "Leave:", "Bonus:", "Pension:"], 1)
    ]
    parsed = read(*pages)
    assert texts(parsed) == [f"{word} {LONGER}" for word in ("Pay:", "Leave:", "Bonus:", "Pension:")]
    assert page_of(parsed, "Pension") == 4


def test_pages_that_are_alike_are_not_nothing_but_running_heads() -> None:
    slides = [[Text("Handbook", 72, 760), Text("1", 300, 40), *lines(f"{place}: {LONGER}")] for place in (1, 2)]
    assert texts(read(*slides)) == [f"{place}: {LONGER}" for place in (1, 2)]
    assert texts(read(*[lines(LONGER)] * 2)) == [LONGER] * 2


def test_lists_of_contents_with_page_numbers_are_left_out() -> None:
    names = ["Pay", "Leave", "Bonus", "Pension"]
    entries = [Text(f"{name} . . . . . . . {page}", 72, 700 - 12 * page) for page, name in enumerate(names, 2)]
    chapters = [[heading(name, 700), *lines(f"{name}: {LONGER}", y=680)] for name in names]
    parsed = read([heading("Contents", 720, 14), *entries], *chapters)
    assert texts(parsed) == [f"{name}: {LONGER}" for name in names]
    assert [name for _, name in outline_of(parsed)] == names


def test_the_last_entry_of_a_list_of_contents_may_stand_on_a_page_of_its_own() -> None:
    names = ["Pay", "Leave", "Bonus", "Pension"]
    entries = [Text(f"{name} . . . . . . . {page}", 72, 700 - 12 * page) for page, name in enumerate(names, 3)]
    chapters = [[heading(name, 700), *lines(f"{name}: {LONGER}", y=680)] for name in [*names, "Parking"]]
    price = lines("Parking . . . . . . . 40", y=600)
    parsed = read(entries, lines("Parking . . . . . . . 7", LONGER, y=740), *chapters, price)
    assert texts(parsed) == [LONGER, *[f"{name}: {LONGER}" for name in [*names, "Parking"]], "Parking . . . . . . . 40"]


# Title and date


@pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - pay.doc", "pay_2024.pdf", "Document1", "-"])
def test_a_title_that_is_none_is_passed_over(title: str) -> None:
    assert parse(build([lines(LONGER)], Title=title)).title is None


def test_title_and_date_are_the_documents_own() -> None:
    parsed = parse(build([lines(LONGER)], Title="Employee  Handbook", CreationDate="D:20230306120000Z"))
    assert (parsed.title, parsed.date) == ("Employee Handbook", "2023-03-06")
    changed = build([lines(LONGER)], CreationDate="D:20230306", ModDate="D:20240229")
    assert parse(changed).date == "2024-02-29"
    assert parse(build([lines(LONGER)], CreationDate="D:20231345")).date is None


# What cannot be read


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is cut short, or no PDF; download or save it again"),
        (b"No PDF at all.", "it is cut short, or no PDF; download or save it again"),
        (build([lines(LONGER)])[:-200], "it is cut short, or no PDF; download or save it again"),
        (b"%PDF-1.4\nnothing\n%%EOF", "it is damaged, or no PDF; download or save it again"),
        (build([]), "it is damaged, or no PDF; download or save it again"),
        (
            build([lines(LONGER)], trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ({'x' * 32}) "
            f"/U ({'y' * 32}) >> /ID [(a) (a)]"),
            "it is locked with a password; save it without one",
        ),
        (
            build([lines(LONGER)], trailer="/Encrypt << /Filter /Unheard /V 1 >> /ID [(a) (a)]"),
            "it is encrypted in a way that cannot be read; save it without protection",
        ),
        (
            build([[PICTURE], [PICTURE], lines("The cover.")]),
            "its pages are pictures without text (a scan?); have their text recognised (OCR) first",
        ),
        (build([[], []]), "it holds no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(data)
    assert str(caught.value) == reason


def test_too_many_pages_are_refused() -> None:
    data = build([lines(LONGER)])
    kids = f"<< /Type /Pages /Count 5001 /Kids [{'5 0 R ' * 5001}] >>"
    objects = [part.split(b"\n", 1)[1].decode() for part in data.split(b"\nendobj\n")[:-1]]
    objects[0], objects[1] = objects[0].split("obj\n")[-1], kids
    with pytest.raises(DocumentError, match=r"^it has more than 5,000 pages; split it$"):
        parse(assembled(objects))


# Hostile documents


@pytest.mark.parametrize("place", ["1e39", "-99999999999", "0.0000001"])
def test_places_off_the_paper(place: str) -> None:
    odd = f"BT /code 10 Tf 1 0 0 1 {place} {place} Tm (far away from it) Tj ET"
    huge = f"BT /body {place} Tf 1 0 0 1 72 500 Tm (and large) Tj ET"
    code = [Text("print(word, letters)", 90, 640, font="code"), Text("flush(all)", 90, 628, font="code")]
    assert LONGER in texts(read([*lines(LONG, LONGER, y=700), *lines(LONGER, y=660), *code, odd, huge]))[0]


def test_bookmarks_that_go_round() -> None:
    data = build([[*lines("Before.", y=740), heading("Pay", 700), *lines(LONGER, y=680)]], [Entry("Pay", 0, 0, 700)])
    assert outline_of(parse(data.replace(b"/XYZ 0 700 0]", b"/XYZ 0 0 0] /First 5 0 R /Next 5 0 R"))) == [("1", "Pay")]


@pytest.mark.parametrize(
    "page",
    [
        "BT /body 10 Tf 72 700 Td " + "(a- ) Tj 0 -12 Td " * 8_000 + "ET",
        "BT /code 10 Tf 72 700 Td " + "(word) Tj " * 8_000 + "ET",
        "q " * 200_000,
        "[" * 200_000,
    ],
    ids=["lines", "one line", "states", "arrays"],
)
def test_large_pages_end_in_time(page: str) -> None:
    begin = time.process_time()
    parse(build([[page], lines(LONGER)]))
    assert time.process_time() - begin < 20


# Any document


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)
PARAGRAPH = st.lists(WORD, min_size=1, max_size=60)
PIECE = st.tuples(st.sampled_from(["heading", "paragraph", "item", "code"]), PARAGRAPH)


def typeset(pieces: Sequence[tuple[str, list[str]]]) -> list[list[Text]]:
    """The pieces on pages, with a running head."""
    flow: list[tuple[Text, float]] = []
    for kind, words in pieces:
        if kind == "heading":
            flow.append((Text(" ".join(words[:6]), 72, 0, 15, "bold"), 30))
            continue
        text = " ".join(words)
        for place, begin in enumerate(range(0, len(text), 80)):
            mark = "• " if kind == "item" and not place else ""
            font = "code" if kind == "code" else "body"
            # Where a word is cut, both of its parts are words.
            flow.append((Text(mark + text[begin : begin + 80].strip(), 72, 0, 10, font), 12 if place else 22))
    pages: list[list[Text]] = [[]]
    y = 720.0
    for line, above in flow:
        y -= above
        if y < 80:
            pages.append([])
            y = 720.0
        pages[-1].append(Text(line.text, line.x, y, line.size, line.font))
    return [[Text("Running head", 72, 770), *page] for page in pages]


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECE, min_size=1, max_size=40))
@example([*[("heading", ["a"])] * 19, ("paragraph", ["a"]), *[("heading", ["a"])] * 2, ("paragraph", ["a"])])
def test_any_document_is_read_whole(pieces: list[tuple[str, list[str]]]) -> None:
    pages = typeset(pieces)
    parsed = parse(build(pages))
    assert parse(build(pages)) == parsed
    check(parsed)
    written = {word for page in pages for line in page[1:] for word in line.text.replace("•", "").split()}
    assert written <= set(said(parsed).split()) | ({"Running", "head"} if len(pages) == 1 else set())
    assert len(parsed.origin.pages) == len(pages)
    assert list(parsed.origin.pages) == sorted(parsed.origin.pages)
