"""reStructuredText to sections and blocks: given this text, these headings, these paragraphs."""

import re
import warnings

import pytest
from docutils.parsers.rst import directives, roles
from hypothesis import given, settings
from hypothesis import strategies as st
from whole import check, said

from qabot.documents import restructured
from qabot.documents.parsed import Parsed
from qabot.documents.restructured.roles import spoken
from qabot.errors import DocumentError


def parse(text: str) -> Parsed:
    return restructured.parse(text.encode())


def blocks(text: str) -> list[str]:
    parsed = parse(text)
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def kinds(text: str) -> list[str]:
    return [block.kind for block in parse(text).blocks]


def outline(text: str) -> list[tuple[str, str, str | None]]:
    return [(section.number, " > ".join(section.path), section.anchor) for section in parse(text).sections[1:]]


def refused(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(text)
    return str(caught.value)


# Headings


def test_headings_nest_and_the_first_is_the_title() -> None:
    text = "Handbook\n========\n\nHello.\n\nPay\n---\n\nBonus *paid*\n~~~~~~~~~~~~\n\nMuch.\n\nLeave\n-----\n\nMore.\n"
    assert parse(text).title == "Handbook"
    assert outline(text) == [
        ("1", "Pay", "pay"),
        ("1.1", "Pay > Bonus paid", "bonus-paid"),
        ("2", "Leave", "leave"),
    ]
    assert blocks(text) == ["Hello.", "Much.", "More."]


def test_each_piece_has_its_line_in_the_file() -> None:
    text = "Pay\n===\n\nMonthly,\nin full.\n\n====\nRate\n====\n\n"
    text += "* one\n\nTerm\n  Meaning.\n\n::\n\n  code\n\n.. tip:: Ask.\n"
    parsed = parse(text)
    lines = {parsed.text[start:].split("\n")[0]: line for start, line in parsed.origin.lines}
    expected = {"Pay": 1, "Monthly, in full.": 4, "Rate": 8, "one": 11, "Term": 13, "code": 18, "Ask.": 20}
    assert lines == expected


def test_a_heading_that_cannot_be_one_loses_no_word() -> None:
    assert blocks("* item\n\n  Heading\n  =======\n\n  Text.\n") == ["item", "Heading\n=======", "Text."]


def test_fields_at_the_start_give_the_date_and_stay_in_the_text() -> None:
    text = "Report\n======\n\n:Author: Ann Lee\n:Date: {}\n:orphan:\n:tocdepth: 2\n\nText.\n\n:date: 1999-01-01\n"
    for date, expected in [
        ("2024-05-06", "2024-05-06"),
        ("2024-05-06 12:00 UTC", "2024-05-06"),
        ("$Date: 2024/05/06 12:00:00 $", "2024-05-06"),
        ("6 May 2024", "2024-05-06"),
        ("some day", None),
    ]:
        assert parse(text.format(date)).date == expected
    assert blocks(text.format("today"))[:3] == ["Author: Ann Lee", "Date: today", "Text."]


def test_a_proposal_opens_like_a_mail() -> None:
    parsed = parse("PEP: 8\nTitle: Style Guide\nCreated: 05-Jul-2001\n\nIntroduction\n============\n\nText.\n")
    assert (parsed.title, parsed.date) == ("Style Guide", "2001-07-05")


# Paragraphs and lists


def test_inline_mark_up_is_dropped_and_its_text_kept() -> None:
    text = (
        "An *emphatic* **strong** ``li  teral`` `link <http://a.example>`_, a_ `b c`_ and\n"
        "`title` |name| \\*escaped\\* http://b.example :sup:`2`.\n\n"
        ".. |name| replace:: the *substituted*\n.. _a: http://c.example\n"
    )
    assert blocks(text) == [
        "An emphatic strong li teral link, a b c and title the substituted *escaped* http://b.example 2."
    ]


def test_an_undefined_substitution_says_its_name() -> None:
    assert blocks("Since |release| of |Today|.\n\n.. |today| replace:: May\n") == ["Since release of May."]


@pytest.mark.parametrize(
    ("role", "text", "expected"),
    [
        ("ref", "the rules <rules>", "the rules"),
        ("ref", "rules", "rules"),
        ("py:class", "~decimal.Decimal", "Decimal"),
        ("class", "!int", "int"),
        ("func", "os.open", "os.open"),
        ("pep", "8", "PEP 8"),
        ("kbd", "~", "~"),
        ("math", "a <b>", "a <b>"),
        ("raw-html", "<br>", ""),
        ("", "~x <y>", "~x <y>"),
    ],
)
def test_roles_say_their_words(role: str, text: str, expected: str) -> None:
    assert spoken(role, text) == expected


def test_unknown_roles_are_read_in_the_text() -> None:
    text = "See :ref:`the rules <rules>`, :class:`~a.B` and :unheard-of:`this`.\n"
    assert blocks(text) == ["See the rules, B and this."]


def test_lists_are_items_and_keep_their_numbers() -> None:
    text = "You need:\n\n* flour\n\n  white\n\n  - fine\n\n* eggs\n\n"
    text += "Then:\n\n3. mix\n#. bake\n\n(a) eat\n(b) rest\n\nii) no\n"
    assert blocks(text) == [
        *["You need:", "flour", "white", "fine", "eggs"],
        *["Then:", "3. mix", "4. bake", "(a) eat", "(b) rest", "no"],
    ]
    assert kinds(text) == ["lead_in", *["item"] * 4, "lead_in", *["item"] * 5]


def test_a_definition_follows_its_term_which_names_all_of_it() -> None:
    text = "Marine : ships\n   Used at sea.\n\n   More.\n\nLand\n   ::\n\n     code\n"
    assert blocks(text) == ["Marine (ships)\nUsed at sea.", "More.", "Land", "code"]
    assert [block.run_in for block in parse(text).blocks] == ["Marine (ships)", "Marine (ships)", "Land", None]


def test_options_and_fields_are_said_with_their_names() -> None:
    text = "Text.\n\n-v, --level=N  Say more.\n\n:param x: A number.\n:raises:\n"
    assert blocks(text) == ["Text.", "-v, --level=N\nSay more.", "param x: A number.", "raises:"]


def test_quotes_verses_and_rules() -> None:
    text = "Said:\n\n   To be.\n\n   -- Hamlet\n\n-----\n\n| one *line*\n|    two\n"
    assert blocks(text) == ["Said:", "To be.", "Hamlet", "one line\ntwo"]


def test_notes_stand_where_they_are_and_citations_keep_their_label() -> None:
    text = "Noted [1]_. Cited [Lee]_.\n\n.. [1] A note\n   of two lines.\n.. [Lee] A book.\n\nText.\n"
    assert blocks(text) == ["Noted. Cited [Lee].", "A note of two lines.", "[Lee] A book.", "Text."]


def test_comments_and_targets_are_dropped_and_pictures_described() -> None:
    text = ".. comment\n   it is\n\n.. _here:\n\n.. image:: a.png\n   :alt: A bridge\n\n.. image:: b.png\n\n"
    text += ".. figure:: c.png\n\n   The caption.\n\n   The legend.\n"
    assert blocks(text) == ["A bridge", "The caption.", "The legend."]


# Code


def test_code_stays_whole() -> None:
    text = "So::\n\n  if x:\n\n      y\n\n>>> x\n1\n\n"
    text += ".. code-block:: python\n   :linenos:\n\n   a\n\n    b\n\n.. math:: x^2\n"
    assert blocks(text) == ["So:", "if x:\n\n    y", ">>> x\n1", "a\n\n b", "x^2"]
    assert kinds(text) == ["paragraph", *["code"] * 4]


# Directives


def test_directives_that_no_one_knows_are_read_as_text() -> None:
    text = (
        ".. seealso::\n\n   The *other*.\n\n.. tab:: Linux\n   :sync: linux\n\n   Do this.\n\n.. wrapped::\n   Below.\n"
    )
    assert blocks(text) == ["The other.", "Linux", "Do this.", "Below."]


def test_functions_are_terms() -> None:
    text = (
        ".. function:: f(*args, \\\n                x)\n              g_(y)\n   :noindex:\n\n   Does *it*.\n\n"
        "   .. versionadded:: 3.5\n\n   .. versionchanged:: 3.6\n      With ``x``.\n\n"
        ".. option:: -q\n\n.. c:function:: int h(void)\n\n   Text.\n"
    )
    assert blocks(text) == [
        "f(*args, x)\ng_(y)\nDoes it.",
        "Added in version 3.5",
        "Changed in version 3.6: With x.",
        "-q",
        "int h(void)\nText.",
    ]
    assert parse(text).blocks[0].run_in == "f(*args, x)"


def test_versions_are_said_in_words() -> None:
    text = (
        ".. deprecated-removed:: 3.1 3.3\n   Use it *not*.\n\n.. Deprecated:: 3.2\n\n   Text.\n\n.. versionadded::\n\n"
    )
    text += ".. availability:: Unix.\n\n.. function::\n\n   Nameless.\n"
    assert blocks(text) == [
        "Deprecated since version 3.1, removed in version 3.3: Use it not.",
        "Deprecated since version 3.2: Text.",
        "Added in version",
        "Availability: Unix.",
        "Nameless.",
    ]


def test_a_long_signature_goes_by_its_name() -> None:
    assert parse(f".. function:: copy({'a, ' * 40})\n\n   Text.\n").blocks[0].run_in == "copy"


def test_what_is_for_programs_is_left_out() -> None:
    text = ".. toctree::\n   :maxdepth: 2\n\n   one\n   two\n\n.. contents::\n\n.. index:: word\n\n.. module:: os\n\n"
    text += ".. only:: html\n\n   Shown.\n\n.. class:: big\n\nPlain.\n\n.. date::\n"
    assert blocks(text) == ["Shown.", "Plain."]


def test_notes_and_topics_are_read() -> None:
    text = ".. note:: Mind\n   this.\n\n   And that.\n\n.. topic:: A title\n\n   Text.\n"
    assert blocks(text) == ["Mind this.", "And that.", "A title", "Text."]


def test_what_docutils_cannot_make_out_is_kept_as_it_stands() -> None:
    assert blocks(".. note::\n   :unheard: of\n\n   Text.\n") == [".. note::\n   :unheard: of\n\n   Text."]


# Tables


@pytest.mark.parametrize(
    "table",
    [
        "===== =====\nItem  Price\n===== =====\nBread *3*\nMilk\n===== =====\n",
        "+-------+-------+\n| Item  | Price |\n+=======+=======+\n| Bread | *3*   |\n+-------+-------+\n"
        "| Milk  |       |\n+-------+-------+\n",
        ".. csv-table::\n   :header: Item, Price\n\n   Bread, *3*\n   Milk,\n",
        ".. list-table::\n   :header-rows: 1\n\n   * - Item\n     - Price\n"
        "   * - Bread\n     - *3*\n   * - Milk\n     -\n",
    ],
)
def test_a_row_says_its_column_names(table: str) -> None:
    assert blocks(table) == ["Item: Bread; Price: 3", "Item: Milk"]
    assert kinds(table) == ["row", "row"]


def test_cells_may_reach_over_rows_and_columns() -> None:
    table = """
.. table:: Opening hours

   +------+---------------+
   | Day  | Hours         |
   |      +-------+-------+
   |      | from  | to    |
   +======+=======+=======+
   | Mon  | nine  | five  |
   +------+       +-------+
   | Tue  |       | six   |
   +------+-------+-------+
   | Sun  | closed        |
   +------+---------------+
   | Ask for **more**.    |
   +----------------------+
"""
    assert blocks(table) == [
        "Opening hours",
        "Day: Mon; Hours from: nine; Hours to: five",
        "Day: Tue; Hours from: nine; Hours to: six",
        "Day: Sun; Hours from: closed; Hours to: closed",
        "Ask for more.",
    ]


def test_a_table_without_a_head_has_no_column_names() -> None:
    assert blocks("== ==\n1  2\n== ==\n") == ["1; 2"]


# What docutils is kept from


def test_nothing_is_read_from_the_disk_or_printed(capfd: pytest.CaptureFixture[str]) -> None:
    text = (
        ".. include:: /etc/hostname\n\n.. literalinclude:: /etc/hostname\n\n.. raw:: html\n   :file: /etc/hostname\n\n"
        ".. csv-table::\n   :file: /etc/hostname\n\n.. csv-table::\n   :url: file:///etc/hostname\n\n"
        ".. raw:: html\n\n   <b>\n\n*Faulty `mark-up ``here |and |there.\n\n.. |x| unicode:: 0x2014\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert blocks(text) == ["*Faulty `mark-up ``here |and |there."]
    assert capfd.readouterr() == ("", "")


def test_docutils_is_left_as_it_was() -> None:
    before = directives.directive, dict(roles._roles), dict(roles._role_registry)
    parse(".. role:: mine\n\n:mine:`x` :other:`y`\n\n.. default-role:: mine\n\n.. unheard:: of\n")
    with pytest.raises(DocumentError):
        parse("- " * 300 + "a\n")
    assert (directives.directive, dict(roles._roles), dict(roles._role_registry)) == before


def test_a_fault_of_docutils_refuses_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise AssertionError("no state")

    monkeypatch.setattr(restructured.document, "_tree", fail)
    assert refused("Text.\n") == "docutils cannot read it (AssertionError: no state); mend its mark-up"


def test_other_encodings_are_read() -> None:
    assert restructured.parse("Größe\n=====\n".encode("utf-16")).origin.encoding == "UTF-16"
    assert restructured.parse(b"\xef\xbb\xbfSize\n====\n").title == "Size"
    with pytest.raises(DocumentError, match=r"^it is empty$"):
        restructured.parse(b"\n")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{'  ' * depth}* a\n\n" for depth in range(300)),
        "".join(f"{' ' * depth}a\n\n" for depth in range(300)),
        "".join(f"{'   ' * depth}.. note::\n\n" for depth in range(300)) + " " * 900 + "a\n",
        "".join(f"{'   ' * depth}.. unheard:: of\n\n" for depth in range(300)),
        "- " * 300 + "a\n",
        "".join(f"{' ' * depth}a\n\n" for depth in range(80)),
    ],
    ids=["lists", "quotations", "notes", "unknown directives", "a line", "what docutils still reads"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert refused(text) == "its lists or quotations are nested too deeply; make it flatter"


def test_too_much_is_refused() -> None:
    assert refused("a" * 2_000_001) == "it has more than 2,000,000 characters; split it"
    assert refused("a\n" * 50_001) == "it has more than 50,000 lines; split it"


SUBSTITUTED = "".join(f".. |a{step}| replace:: {f'|a{step - 1}| ' * 10}\n" for step in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        *(
            piece * (1_900_000 // len(piece))
            for piece in ["a", "word ", "*a ", "``a ", "|a ", "a_ ", ".a", "-a@", "`<a"]
        ),
        *(
            piece * 5_000
            for piece in ["* a\n", "a\n\n", ".. a\n\n", ".. [#] a\n", ".. x:: a\n\n", "a\n=\n\n", "*a\n\n"]
        ),
        ("+" * 300 + "\n") * 300,
        "= " * 100 + "\n" + ("a " * 100 + "\n") * 100 + "= " * 100 + "\n",
        f".. |a0| replace:: {'ha' * 400}\n{SUBSTITUTED}\n|a9|\n",
        f".. |a| replace:: {'h' * 100_000}\n\n{'|a| ' * 2_000}\n",
        "\0\x01\x02 a\n".replace("\0", "\\"),
    ],
    ids=lambda text: f"{len(text)} of {text[:12]!r}",
)
def test_pathological_texts_come_back(text: str) -> None:
    parsed = parse(text)
    assert parsed.sections[-1].end == len(parsed.text)


# What holds for every document

WORD = st.text("abcdé中1", min_size=1, max_size=8)
WORDS = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
SHAPES = {
    "paragraph": lambda text: f"{text}.\n\n",
    "lead-in": lambda text: f"{text}:\n\n",
    "title": lambda text: f"{text}\n{'=' * 200}\n\n",
    "heading": lambda text: f"{text}\n{'-' * 200}\n\n",
    "marked": lambda text: f"{text} *{text}* :x:`{text}` ``{text}``\n\n",
    "item": lambda text: f"* {text}\n\n  {text}\n\n",
    "numbered": lambda text: f"#. {text}\n\n",
    "term": lambda text: f"{text}\n   {text}\n\n",
    "quotation": lambda text: f"   {text}\n\n..\n\n",
    "code": lambda text: f"::\n\n   {text}\n\n",
    "directive": lambda text: f".. note:: {text}\n\n   {text}\n\n",
    "unknown": lambda text: f".. unheard:: {text}\n\n   {text}\n\n",
    "function": lambda text: f".. function:: {text}\n\n   {text}\n\n",
    "row": lambda text: f".. csv-table::\n   :header: a, b\n\n   {text}, {text}\n\n",
}
PIECES = st.lists(st.tuples(st.sampled_from(sorted(SHAPES)), WORDS), min_size=1, max_size=10)


@given(PIECES)
@settings(max_examples=50, deadline=None)
def test_every_word_stands_in_one_place(pieces: list[tuple[str, str]]) -> None:
    source = "".join(SHAPES[shape](text) for shape, text in pieces)
    parsed = parse(source)
    assert parsed == parse(source)
    check(parsed)
    assert set(re.findall(r"\w+", said(parsed))) >= {word for _, words in pieces for word in words.split()}
    assert not any(mark in parsed.text[b.start : b.end] for b in parsed.blocks for mark in ("::", "`"))
