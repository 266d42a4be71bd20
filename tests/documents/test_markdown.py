"""Markdown to headings and blocks: given this document, these sections and blocks."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whole import check, document, said

from qabot.documents.markdown.document import parse
from qabot.documents.parsed import Parsed
from qabot.errors import DocumentError


def read(text: str) -> Parsed:
    return parse(text.encode())


def outline(text: str) -> list[tuple[str, str, str | None]]:
    """Numbers, headings and anchors, the opening left out."""
    return [(section.number, " > ".join(section.path), section.anchor) for section in read(text).sections[1:]]


def blocks(text: str) -> list[tuple[str, str]]:
    parsed = read(text)
    return [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]


def texts(text: str) -> list[str]:
    return [block for _, block in blocks(text)]


def lines(text: str) -> list[int | None]:
    """The line of the file that each block begins on."""
    parsed = read(text)
    found = document(parsed)
    return [found.line(block.start) for block in parsed.blocks]


# Headings


def test_headings_nest_and_the_first_is_the_title() -> None:
    text = "# Handbook\n\nHello.\n\n## Pay\n\nMonthly.\n\n### Bonus ###\n\nYearly.\n\nLeave\n-----\n\nMuch.\n"
    parsed = read(text)
    assert parsed.title == "Handbook"
    assert parsed.sections[0].anchor == "handbook"
    assert parsed.text == "Handbook\n\nHello.\n\nPay\n\nMonthly.\n\nBonus\n\nYearly.\n\nLeave\n\nMuch."
    assert outline(text) == [("1", "Pay", "pay"), ("1.1", "Pay > Bonus", "bonus"), ("2", "Leave", "leave")]
    assert lines(text) == [3, 7, 11, 16]


def test_anchors_are_those_that_github_gives() -> None:
    text = "## Foo & *Bar*: `baz`!\n\n## Same\n\n## Same\n\n## Same-1\n\n## ![Logo](x.png) Öl_und 一\n"
    anchors = ["foo--bar-baz", "same", "same-1", "same-1-1", "-öl_und-一"]
    assert [anchor for _, _, anchor in outline(text)] == anchors


def test_an_anchor_of_its_own_wins_and_is_no_part_of_the_heading() -> None:
    text = "## Pay {#money}\n\n## Money\n\n## Leave {#free .wide}\n\n## Sick {: #ill }\n\n## A set {1, 2}\n"
    assert outline(text) == [
        ("1", "Pay", "money"),
        ("2", "Money", "money-1"),
        ("3", "Leave", "free"),
        ("4", "Sick", "ill"),
        ("5", "A set {1, 2}", "a-set-1-2"),
    ]


def test_badges_are_no_part_of_a_heading() -> None:
    assert read("# Qabot [![CI is green](ci.svg)](ci) ![](x.png)\n\nText.\n").title == "Qabot"
    assert read("# ![The Qabot project](logo.svg)\n\nText.\n").title == "The Qabot project"


def test_headings_in_html_can_be_linked_to() -> None:
    text = "<h1 align=center>Our <em>project</em></h1>\n\n<h2>Use</h2>\n\nText.\n\n## Use\n\nMore.\n"
    assert read(text).sections[0].anchor == "our-project"
    assert outline(text) == [("1", "Use", "use"), ("2", "Use", "use-1")]


def test_a_heading_in_a_quote_or_a_list_heads_nothing() -> None:
    text = "## One\n\n> # Quoted\n\n- # Listed\n\nAfter.\n\n## Two\n"
    assert outline(text) == [("1", "One", "one"), ("2", "Two", "two")]
    assert texts(text) == ["Quoted", "Listed", "After."]


# Paragraphs and what is in them


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Some *soft* and __loud__ and ~~gone~~ words", "Some soft and loud and gone words"),
        ("see [the *guide*](https://example.org) or <https://example.org/x>", "see the guide or https://example.org/x"),
        ("[by name][n] and [n]\n\n[n]: https://example.org 'Title'", "by name and n"),
        ("call `f( *x*  )` now", "call f( *x* ) now"),
        ("one\ntwo  \nthree\\\nfour", "one two three four"),
        ("![A cat](cat.png) sleeps ![](dot.png) here", "A cat sleeps here"),
        ("![Build ok](b.svg)[![Docs *here*](d.svg)](x)![logo](l.svg)![](e.svg)", "Build ok Docs here"),
        ("a &amp; b &copy; \\*c\\* &#0;", "a & b © *c* \ufffd"),
        ("H<sub>2</sub>O<br>and <!-- not this --> <kbd class='k'>Ctrl</kbd>", "H2O and Ctrl"),
        ('an <img src="x.png" alt="icon &amp; all">here', "an icon & all here"),
        ("2<sup>64</sup>, 10<SUP>-9</SUP>, 1<sup>st</sup>, 5<sup><a href='#sup'>1</a></sup>", "2⁶⁴, 10⁻⁹, 1st, 5¹"),
        ("a soft\u00adly &shy;di\u200bvid&#8203;ed\ufeff&nbsp; word", "a softly divided word"),
        ("the <a href=x>site<img alt=link></a>. An<img alt='open door'>here", "the site. An open door here"),
        ("1 < 2 and a<b", "1 < 2 and a<b"),
        ("电池在\n1 月\n增长。\n很快  \n好", "电池在 1 月增长。很快 好"),
        ("not [closed](here and *open", "not [closed](here and *open"),
    ],
)
def test_mark_up_is_dropped_and_its_text_kept(source: str, text: str) -> None:
    assert blocks(source) == [("paragraph", text)]


def test_quotes_are_paragraphs_and_an_alert_says_what_it_is() -> None:
    assert blocks("> One\n> goes on\nlazily\n>\n> > Two\n\n> [!WARNING]\n> Hot!\n") == [
        ("paragraph", "One goes on lazily"),
        ("paragraph", "Two"),
        ("paragraph", "Warning"),
        ("paragraph", "Hot!"),
    ]


def test_footnotes_are_paragraphs_where_they_are_defined() -> None:
    text = (
        "Paid[^1] monthly[^b].\n\n[^1]: In *euros*.\n\n    And cents.\n\nAfter.\n\n[^never]: Unused.\n\n[^b]: Or so.\n"
    )
    assert texts(text) == ["Paid monthly.", "In euros.", "And cents.", "After.", "Unused.", "Or so."]
    assert texts("No note[^2] here.\n") == ["No note[^2] here."]


def test_rules_and_definitions_are_no_text() -> None:
    assert texts("One.\n\n---\n\n***\n\n[a]: https://example.org\n\nTwo.\n") == ["One.", "Two."]


# Lists


def test_items_follow_what_announces_them_and_nested_ones_their_parent() -> None:
    text = (
        "What we need:\n\n- Flour\n- Eggs\n  from the farm\n\n  Two of them.\n  - Large\n    - White\n- Milk\n\nBake.\n"
    )
    assert blocks(text) == [
        ("lead_in", "What we need:"),
        ("item", "Flour"),
        ("item", "Eggs from the farm"),
        ("item", "Two of them."),
        ("item", "Large"),
        ("item", "White"),
        ("item", "Milk"),
        ("paragraph", "Bake."),
    ]
    assert lines(text) == [1, 3, 4, 7, 8, 9, 10, 12]


def test_items_that_nothing_announces_are_paragraphs() -> None:
    assert blocks("* Flour\n* [x] Eggs\n") == [("paragraph", "Flour"), ("paragraph", "[x] Eggs")]


def test_a_version_with_its_date_is_a_number_and_a_name() -> None:
    parsed = parse(b"# Changelog\n\n## [1.2.0](https://e.org) - 2026-01-31\n\n### Added\n\nMuch.\n")
    assert [(section.number, section.path) for section in parsed.sections[1:]] == [
        ("1.2.0", ("2026-01-31",)),
        ("1.2.0.1", ("2026-01-31", "Added")),
    ]


def test_a_table_of_contents_is_left_out() -> None:
    text = "- [Use](#use)\n  1. [In *short*](#in-short)\n- [Help](#help) and [more](#more)\n- [Site](https://e.org)\n"
    assert texts(text + "\n[Up](#up)\n") == ["Help and more", "Site", "Up"]


def test_ordered_items_have_the_number_that_a_reader_sees() -> None:
    first = "3. Mix\n3. Bake\n\n   For an hour.\n   1. Or\n   1. Two\n9) Start anew\n- 1. Both\n\n"
    text = f"Do:\n\n{first}0. Zero\n1. ```\n   code\n   ```\n\nEnd.\n"
    assert texts(text)[1:] == [
        "3. Mix", "4. Bake", "For an hour.", "1. Or", "2. Two", "9. Start anew", "1. Both", "0. Zero", "code", "End.",
    ]  # fmt: skip


# Tables


def test_each_row_of_a_table_names_its_columns() -> None:
    text = (
        "Prices:\n\n| Name | **Cost** | |\n|:--|--:|-|\n| Ann \\| Bo | `3` | x |\n| Cy<br>Di | | |\n| Ed |\n\nAfter.\n"
    )
    assert blocks(text) == [
        ("paragraph", "Prices:"),
        ("row", "Name: Ann | Bo; Cost: 3; x"),
        ("row", "Name: Cy Di"),
        ("row", "Name: Ed"),
        ("paragraph", "After."),
    ]
    assert lines(text) == [1, 5, 6, 7, 9]


def test_a_header_without_rows_is_a_row() -> None:
    assert blocks("| One | Two |\n|---|---|\n\nAfter.\n") == [("row", "One; Two"), ("paragraph", "After.")]


# Code


def test_code_is_whole() -> None:
    text = "Run:\n\n```sh\nmake  \n\n\tdo it\n```\n\n    set in\n      more\n\n- item\n  ~~~\n  in it\n  ~~~\n"
    assert blocks(text) == [
        ("paragraph", "Run:"),
        ("code", "make\n\n\tdo it"),
        ("code", "set in\n  more"),
        ("paragraph", "item"),
        ("code", "in it"),
    ]
    assert lines(text) == [1, 4, 9, 12, 14]


def test_a_fence_that_nothing_closes_goes_on_to_the_end() -> None:
    text = "Text.\n\n```\ncode\n\n# no heading\n~~~\n"
    assert blocks(text) == [("paragraph", "Text."), ("code", "code\n\n# no heading\n~~~")]
    assert outline(text) == []


# HTML


def test_html_blocks_are_read_without_their_tags() -> None:
    text = """\
<h1 align="center"><img src="x.png" alt="Logo">The <em>Guide</em></h1>

<details>
<summary>More &amp; <!-- not
this --> all</summary>

Inner **text**.

</details>

<!-- gone

gone too -->
<div>One<p>Two<br>thr&shy;ee<sup>2</sup></div>four
<ul><li>Item<li><p>Other</p></ul>
<script>no("<b>text</b>")</script>
<pre class=x>
a  b
  c
</pre>

After. <div>
"""
    assert read(text).title == "The Guide"
    assert blocks(text) == [
        ("paragraph", "More & all"),
        ("paragraph", "Inner text."),
        ("paragraph", "One"),
        ("paragraph", "Two three²"),
        ("paragraph", "four"),
        ("paragraph", "Item"),
        ("paragraph", "Other"),
        ("code", "a  b\n  c"),
        ("paragraph", "After."),
    ]
    assert lines(text) == [4, 7, 14, 14, 14, 15, 15, 18, 22]


def test_html_tables_are_read_like_others() -> None:
    text = """\
<table>
  <tr><th>Name<th>Age</tr>
  <tr>
    <td>Ann</td><td><p>3</p><p>or 4</p></td>
  </tr>
  <tr><th>City</th><td></td>
</table>
<table><tr><th>Alone</th></tr></table>
<td>cut off</td>
"""
    assert blocks(text) == [
        ("row", "Name: Ann; Age: 3 or 4"),
        ("row", "Name: City"),
        ("row", "Alone"),
        ("row", "cut off"),
    ]
    assert lines(text)[:3] == [3, 6, 8]


def test_cells_of_html_tables_may_span_columns_and_rows() -> None:
    text = """\
<table>
  <thead><tr><th rowspan=2>Office<th colspan="2">Opens</tr><tr><td>summer<td>winter</tr></thead>
  <tr><td rowspan="2">Bonn<td>8:00<td>9:00</tr>
  <tr><td colspan=2>closed</tr>
</table>
"""
    assert texts(text) == [
        "Office: Bonn; Opens summer: 8:00; Opens winter: 9:00",
        "Office: Bonn; Opens summer: closed; Opens winter: closed",
    ]
    assert lines(text) == [3, 4]


def test_a_comment_that_nothing_closes_goes_on_to_the_end() -> None:
    assert texts("Text.\n\n<!-- from\n\nhere on\n") == ["Text."]
    assert texts("<p>Text.</p>\n<!-- from\nhere on") == ["Text."]


# Front matter


def test_front_matter_names_title_date_and_address() -> None:
    front = "Title: 'The  Guide: all'\ndate: 2024-5-1 10:00\nurl: /guide/\nsource: https://example.org/g"
    text = f"---\n{front}\n---\n# Guide\n\nText.\n"
    parsed = read(text)
    assert (parsed.title, parsed.date, parsed.origin.url) == ("The Guide: all", "2024-05-01", "https://example.org/g")
    assert parsed.text == "Guide\n\nText."
    assert lines(text) == [9]


@pytest.mark.parametrize(
    ("front", "title", "date"),
    [
        ("title: Yes\ndate: 2024-02-30", "Yes", None),
        ("title: 2024", "2024", None),
        ("title: [a, b]\ndate: soon", None, None),
        ("title: A\nupdated: 2024-03-01\nlastmod: 2024-02-01T10:00:00Z\ndate:", "A", "2024-02-01"),
        ('title: "\\ud83d\\ude00 \\ud800"', "\U0001f600 \ufffd", None),
        ("tags:\n  - title: inner\nother: {title: inner}", None, None),
        ("", None, None),
        ("# only a comment", None, None),
    ],
)
def test_only_plain_values_at_the_top_of_front_matter_count(front: str, title: str | None, date: str | None) -> None:
    parsed = read(f"---\n{front}\n---\n\nText.\n")
    assert (parsed.title, parsed.date, parsed.text) == (title, date, "Text.")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org", "https://", "https://a b", "/here"])
def test_only_addresses_on_the_web_count(address: str) -> None:
    assert read(f"---\nurl: {address}\n---\n\nText.\n").origin.url is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\n\nA rule: above.\n\n---\n\nText.\n", ["A rule: above.", "Text."]),
        ("---\nJust words\n---\n\nText.\n", ["Text."]),
        ("--- a\nb: c\n---\n", []),
        ("---\nnever: closed\n", ["never: closed"]),
    ],
)
def test_text_under_a_rule_is_no_front_matter(text: str, expected: list[str]) -> None:
    parsed = read(text)
    assert texts(text) == expected
    assert all(word in parsed.text for word in text.replace("-", " ").split())


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: a: b", "its front matter is not valid YAML (line 2); mend it or take it out"),
        ("a: 1\nb: [", "its front matter is not valid YAML (line 3); mend it or take it out"),
        ('a: "\\UFFFFFFFF"', "its front matter is not valid YAML; mend it or take it out"),
        ("a: \x07", "its front matter is not valid YAML; mend it or take it out"),
        ("a: " + "x" * 20_000, "its front matter has more than 20,000 characters; shorten it"),
    ],
)
def test_front_matter_that_cannot_be_read_is_refused(front: str, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(f"---\n{front}\n---\n\nText.\n")
    assert str(caught.value) == reason


def test_aliases_that_multiply_each_other_do_no_harm() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert read(f"---\n{bomb}title: *a59\n---\n\nText.\n").title is None


# Bytes


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_and_a_byte_order_mark_change_nothing(ending: str) -> None:
    text = "---\ntitle: T\n---\n# A\n\nOne\ntwo.\n\n```\na\nb\n```\n"
    other = "\ufeff" + text.replace("\n", ending)
    assert read(other) == read(text)


def test_other_encodings_are_told_and_handed_on() -> None:
    assert parse("# Größe\n\nHöhe.\n".encode("utf-16")).origin.encoding == "UTF-16"
    with pytest.raises(DocumentError, match=r"^it is empty$"):
        parse(b"\n")


def test_a_document_without_any_text_is_empty() -> None:
    parsed = read("<!-- nothing -->\n\n---\n")
    assert (parsed.text, parsed.title, parsed.blocks) == ("", None, ())


# Hostile documents

TOO_DEEP = r"^it nests lists or quotes more than 23 deep; take some levels out$"
OPEN = r"^it has too many square brackets that nothing closes; close them or write \\\[$"


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " x",
        "- " * 10_000 + "x",
        "1. " * 10_000 + "x",
        "> - " * 10_000 + "x",
        "[^a]: " * 10_000 + "x",
        "".join("  " * depth + "- x\n" for depth in range(1_000)),
        "".join(">" * depth + " x\n\n" for depth in range(1_000)),
    ],
)
def test_what_nests_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=TOO_DEEP):
        read(text)


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - "])
def test_up_to_there_nothing_is_lost(mark: str) -> None:
    depth = 0
    while depth < 100:
        depth += 1
        try:
            found = texts(mark * depth + "x")
        except DocumentError:
            break
        assert found[-1].endswith("x")
    assert 12 <= depth < 100


@pytest.mark.parametrize("text", ["[" * 100_000, "![" * 100_000, "[a\n" * 100_000, "[a][b" * 50_000])
def test_brackets_that_are_open_over_too_much_are_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=OPEN):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5_000_000,
        "a " * 2_500_000,
        "\n" * 5_000_000,
        "`" * 5_000_000,
        "<" * 200_000,
        "<a " * 50_000,
        "<!--" * 1_000_000,
        "<div>\n" * 30_000,
        "<div>" * 40_000 + "x",
        "<table><tr><td>" * 20_000,
        "*a **b _c " * 20_000,
        "`" + "a``b" * 40_000,
        "&" * 200_000,
        "\\" * 200_000,
        "#\n" * 20_000,
        "# a\n" * 10_000,
        "# " + "{#" * 50_000,
        "> a\n" * 50_000,
        "> a\n" + "b\n" * 50_000,
        "[a]: <b> 'c\n" * 20_000,
        "[a](" * 20_000,
        "![" * 1_000 + "x" + "](a)" * 1_000,
        "|a" * 300 + "\n" + "|-" * 300 + "\n" + "|\n" * 100,
        "---\n" + "[" * 15_000 + "\n---\n",
        "---\n" + "{a: " * 4_000 + "\n---\n",
        "---\n" + "? " * 9_000 + "\n---\n",
    ],
    ids=lambda text: f"{len(text)} of {text[:8]!r}",
)
def test_pathological_documents_come_back(text: str) -> None:
    try:
        parsed = read(text)
    except DocumentError:
        return
    assert parsed.sections[-1].end == len(parsed.text)


# What holds for every document

WORD = st.from_regex(r"[a-z]{3,9}", fullmatch=True)
PHRASE = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
INLINE = st.sampled_from(
    ["{}", "**{}**", "*{}*", "`{}`", "[{}](https://example.org)", "~~{}~~", "<b>{}</b>", "![{} a b](x)"]
)
MARKED = st.builds(str.format, INLINE, PHRASE)
PIECES = st.one_of(
    st.builds(lambda level, text: "#" * level + " " + text, st.integers(1, 6), MARKED),
    st.builds("{}\n{}".format, MARKED, MARKED),
    st.builds("{}:".format, MARKED),
    st.builds("- {}\n- {}\n  1. {}\n\n     {}".format, MARKED, MARKED, MARKED, MARKED),
    st.builds("> {}\n>\n> * {}".format, MARKED, MARKED),
    st.builds("| {} | {} |\n|---|---|\n| {} | {} |\n| {} | |".format, MARKED, MARKED, MARKED, MARKED, MARKED),
    st.builds("```\n{}\n\n\t{}\n```".format, PHRASE, PHRASE),
    st.builds("<div>\n<p>{}</p>{}\n</div>".format, PHRASE, PHRASE),
    st.builds("<table><tr><th>{}</th></tr><tr><td>{}</td></tr></table>".format, PHRASE, PHRASE),
    st.builds("{} x[^n]\n\n[^n]: {}".format, MARKED, MARKED),
    st.just("---"),
)
DOCUMENTS = st.lists(PIECES, min_size=1, max_size=12).map("\n\n".join)
NOT_TEXT = {"https", "example", "org", "div", "table"}


@given(DOCUMENTS)
@settings(max_examples=50, deadline=None)
def test_sections_and_blocks_hold_every_word_of_any_document(text: str) -> None:
    parsed = read(f"x\n\n{text}\n")
    check(parsed)
    assert set(re.findall("[a-z]{3,}", text)) - NOT_TEXT <= set(re.findall("[a-z]{3,}", said(parsed)))


@given(st.text(alphabet="ab \n\t#>-*_`~[]()!|<>&:{}^1.\\\r", max_size=200))
@settings(max_examples=50, deadline=None)
def test_sections_and_blocks_lie_right_in_any_text(text: str) -> None:
    check(read(f"x{text}"))
