"""HTML pages to sections and blocks: given a page, its own text without what stands around it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whole import check, said

from qabot.documents.html.document import parse
from qabot.documents.parsed import Parsed
from qabot.errors import DocumentError


def read(html: str) -> Parsed:
    return parse(html.encode())


def texts(html: str) -> list[str]:
    parsed = read(html)
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def pieces(html: str) -> list[tuple[str, str]]:
    parsed = read(html)
    return [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]


def named(html: str) -> list[tuple[str | None, str]]:
    parsed = read(html)
    return [(block.run_in, parsed.text[block.start : block.end]) for block in parsed.blocks]


def outline(html: str) -> list[tuple[str, str, str | None]]:
    return [(section.number, " > ".join(section.path), section.anchor) for section in read(html).sections]


# A whole page


SPHINX = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Lists &#8212; Guide 2.1</title>
<link rel="canonical" href="https://example.org/lists.html"><meta name="date" content="2024-05-01T10:00:00Z">
<script>var text = "<p>No text";</script></head>
<body><div class="related" role="navigation"><ul><li><a href="index.html">next</a></li></ul></div>
<div class="document"><div class="body" role="main">
<section id="lists"><span id="the-lists"></span><h1>Lists<a class="headerlink" href="#lists">¶</a></h1>
<nav class="contents"><ul><li><a href="#sorting">Sorting</a></li></ul></nav>
<p>A list holds
  <em>values</em>.</p>
<section id="sorting"><h2>Sorting<a class="headerlink" href="#sorting">¶</a></h2>
<dl class="py function"><dt class="sig" id="sorted"><em>await </em>sorted(<em>values</em>)<a class="headerlink"
href="#sorted">¶</a></dt><dd><p>Give the values in order.</p><p>The order is stable:</p>
<pre>&gt;&gt;&gt; sorted([2, 1])
\t[1, 2]  </pre>
<div class="admonition note"><p class="admonition-title">Note</p><p>It makes a copy.</p></div></dd></dl>
</section></section></div></div>
<div class="sphinxsidebar"><h3>Contents</h3></div><footer>© 2024</footer></body></html>"""


def test_a_page_of_documentation() -> None:
    parsed = read(SPHINX)
    assert (parsed.title, parsed.date, parsed.origin.url) == ("Lists", "2024-05-01", "https://example.org/lists.html")
    assert parsed.origin.extracted and not parsed.origin.lines and not parsed.origin.pages
    # The first heading is the title; the section keeps its place in the page.
    assert outline(SPHINX) == [("0", "", "lists"), ("1", "Sorting", "sorting")]
    assert [(b.section, b.kind, b.run_in, parsed.text[b.start : b.end]) for b in parsed.blocks] == [
        (0, "paragraph", None, "A list holds values."),
        (1, "paragraph", "await sorted(values)", "await sorted(values)\nGive the values in order."),
        (1, "paragraph", "await sorted(values)", "The order is stable:"),
        (1, "code", "await sorted(values)", ">>> sorted([2, 1])\n\t[1, 2]"),
        (1, "paragraph", "await sorted(values)", "Note\nIt makes a copy."),
    ]


# Paragraphs


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>foo<b>bar</b> <i>baz</i>\n\tend", ["foobar baz end"]),
        ("<p>one<br>two", ["one two"]),
        (
            "<div>straight in a div<p>and a paragraph</p>and after it</div>",
            ["straight in a div", "and a paragraph", "and after it"],
        ),
        ("<a href=x>a link<p>with a paragraph</p></a>", ["a link", "with a paragraph"]),
        ("<span>in<div>block</div>line</span>", ["in", "block", "line"]),
        ("<p>see <a href='https://example.org'>this</a>, <code>x  y</code>", ["see this, x y"]),
        ("<p>soft\u00adly&nbsp;&nbsp;now &lt;b&gt; &amp; then\u200b", ["softly now <b> & then"]),
        (
            "<p>2<sup>64</sup> in 10<sup>-9</sup> s, 1<sup>st</sup>, x<sup><i>n</i>+1</sup>",
            ["2⁶⁴ in 10⁻⁹ s, 1st, xⁿ⁺¹"],
        ),
        ("<p>电池\n  <b>在\n1</b> 月<br>增长\n。", ["电池在 1 月 增长。"]),
        ("<p>costs 5<sup><a href='#n'>1</a></sup>", ["costs 5¹"]),
        ("<p>H<sub>2</sub>O and <del>old</del> <ins>new</ins>", ["H2O and old new"]),
        ("<p>the site<img alt=link>.", ["the site."]),
        ("<p>See<img alt='two bars'>here<table><tr><td>a<img alt='a b'><td>c", ["See two bars here", "a a b; c"]),
        (
            "<p><img src=a.png alt='Two bars, one taller'> here<img alt=logo><img alt=a_b.png>",
            ["Two bars, one taller here"],
        ),
        ("<blockquote>said<footer>Ann</footer></blockquote>", ["said"]),
        ("<article><header>By Ann</header><p>text</article>", ["By Ann", "text"]),
        ("<details><summary>More</summary>of it</details>", ["More", "of it"]),
        ("<p>a note<a href='#n'>[1]</a> <a href='#back'>↩</a>", ["a note[1]"]),
        ("<p>unclosed <b>tags<p>of all <i>kinds", ["unclosed tags", "of all kinds"]),
    ],
)
def test_paragraphs(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


@pytest.mark.parametrize(
    "around",
    [
        "<nav>X</nav>",
        "<header>X</header>",
        "<footer>X</footer>",
        "<aside><nav>X</nav>X</aside>",
        "<div role=navigation>X</div>",
        "<script>X</script>",
        "<style>X</style>",
        "<template>X</template>",
        "<noscript>X</noscript>",
        "<span class=sr-only>X</span><div class='visually-hidden focusable'>X</div>",
        "<button>X</button><select><option>X</select><textarea>X</textarea>",
        "<svg><text>X</text></svg>",
        "<p hidden>X",
        "<p aria-hidden=TRUE>X",
        "<p style='color: red; DISPLAY: none'>X",
        "<div class=toc><p>X</div>",
        "<div id=toc>X</div>",
        "<div class='contents topic'>X</div>",
        "<div class=toctree-wrapper>X</div>",
        "<div class=navheader>X</div>",
        "<ul class=docnav><li>X</ul>",
        "<p class=breadcrumbs>X",
        "<!-- X -->",
        "<p><a href='#top'>¶</a>",
    ],
)
def test_what_stands_around_the_text_is_left_out(around: str) -> None:
    assert texts(f"{around}<div><p>Text.</p>{around}</div>{around}") == ["Text."]


def test_asides_and_classes_that_others_use_for_text_are_read() -> None:
    assert texts("<aside class=sidebar>Aside.</aside><div class=contents>Text.</div>") == ["Aside.", "Text."]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>out<main>in</main>", ["in"]),
        ("<p>out<div role=main>in<main>side</main></div>", ["in", "side"]),
        ("<main>one</main><main>two</main>", ["one", "two"]),
        ("<main hidden>old</main><main>new</main>", ["new"]),
        ("<p>out<article><h1>T</h1>in</article>", ["in"]),
        ("<h1>T</h1><p>text<article>a card</article>", ["text", "a card"]),
        ("<p>text<article>a card</article>", ["text", "a card"]),
        ("<article>one</article><article>two</article>", ["one", "two"]),
        ("<p>out<section role=main><h2>T</h2>in</section>", ["in"]),
        ("<p>out<dl role=main><dt>term<dd>said</dl>", ["term\nsaid"]),
        ("<body style='display:none'><p>shown by a script", ["shown by a script"]),
    ],
)
def test_the_main_part_of_a_page(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


@pytest.mark.parametrize("tag", ["section", "div class=section"])
def test_a_book_on_one_page_is_no_table_of_contents(tag: str) -> None:
    chapter = f"<{tag}><h1>One</h1><p>Text.<{tag}><h2>Two</h2><p>More."
    html = "<div class=toctree-wrapper><ul><li>One</ul>{}</div>"
    assert texts(html.format(chapter)) == ["One", "Text.", "More."]
    assert texts("<p>Here." + html.format("")) == ["Here."]


# Headings


def test_headings_nest_and_keep_their_numbers() -> None:
    html = "<h1>2. Pay</h1><h2>2.1 When</h2><p>Monthly.<h2>2.2 How</h2><p>By bank.<h1>3. Leave</h1><p>Much."
    assert outline(html) == [
        ("0", "", None),
        ("2", "Pay", None),
        ("2.1", "Pay > When", None),
        ("2.2", "Pay > How", None),
        ("3", "Leave", None),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "<h2 id=x>H</h2>",
        "<section id=x><h2>H</h2></section>",
        "<section id=x><span id=y></span><h2>H</h2></section>",
        "<div id=x><div class=titlepage><h2><a id=y></a>H</h2></div></div>",
        "<div class=titlepage><h2 class=title><a id=x></a>H</h2></div>",
        "<h2><a name=x></a>H</h2>",
        "<h2><button id=copy>copy</button><a id=x></a>H</h2>",
        "<section id=x><span>since 1.0</span><h2>H</h2><h3>other</h3></section>",
        "<a name=x></a><h2>H</h2>",
    ],
)
def test_the_anchor_of_a_heading(heading: str) -> None:
    assert outline(f"<div id=page><p>Before.</p><h2>One</h2><p>text</p>{heading}<p>Text.</div>")[2][2] == "x"


def test_an_id_with_text_between_is_not_the_anchor() -> None:
    assert outline("<p>Before.<div id=x><p>text</p><h2>H</h2></div>")[1][2] is None


def test_sections_in_sections_may_all_have_first_headings() -> None:
    inner = "<section id=b><h1>B</h1><p>x<h2>C</h2><p>y</section><section><h1>D</h1><p>z<h1>E</h1><p>u</section>"
    html = f"<title>Site</title><section><h1>A</h1>{inner}<h2>F</h2><p>v</section>"
    assert read(html).title == "A"
    assert outline(html)[1:] == [
        ("1", "B", "b"),
        ("1.1", "B > C", None),
        ("2", "D", None),
        ("3", "E", None),
        ("4", "F", None),
    ]


def test_a_heading_of_an_admonition_is_a_label() -> None:
    html = '<h2>S</h2><div class="note"><h3 class="title">Note</h3><p>Mind this.</p><p>And that.</p></div>'
    assert outline(html) == [("0", "", None)]
    assert texts(html) == ["Note\nMind this.", "And that."]


# Lists


def test_items_are_announced_by_a_colon_and_nested_ones_follow_their_parent() -> None:
    assert pieces("<p>Bring:</p><ul><li>flour<ul><li>white</ul><li><p>eggs</p><p>fresh ones</p></ul><p>Bake.") == [
        ("lead_in", "Bring:"),
        ("item", "flour"),
        ("item", "white"),
        ("item", "eggs"),
        ("item", "fresh ones"),
        ("paragraph", "Bake."),
    ]


def test_ordered_items_keep_their_numbers() -> None:
    html = "<ol><li>a<p>b</p><li value=5><p>c<li>d<ol start=3><li><pre>x</pre><li>e</ol></ol>"
    assert texts(html) == ["1. a", "b", "5. c", "6. d", "x", "4. e"]


@pytest.mark.parametrize(
    ("attributes", "numbers"),
    [
        ("type=a", "a. b. e. f."),
        ("type=A start=26", "Z. 27. E. F."),
        ("type=i start=9", "ix. x. v. vi."),
        ("class='upperroman simple'", "I. II. V. VI."),
        ("style='list-style-type: lower-latin'", "a. b. e. f."),
        ("type=disc", "1. 2. 5. 6."),
    ],
)
def test_items_are_numbered_as_a_reader_sees_them(attributes: str, numbers: str) -> None:
    items = texts(f"<ol {attributes}><li>x<li>x<li value=5>x<li>x</ol>")
    assert " ".join(item.removesuffix(" x") for item in items) == numbers


def test_an_item_that_opens_with_a_list_keeps_its_number() -> None:
    html = "<ol><li><ul><li>a<li>b</ul><li><ol type=a><li>c<li>d</ol><li></li><li>e</ol>"
    assert texts(html) == ["1. a", "b", "2. a. c", "b. d", "4. e"]


def test_a_term_and_what_is_said_of_it() -> None:
    html = (
        "<dl><dt>-n<dt>--dry-run<dd><p>Only show.</p><p>Nothing is done.</p><dt>color<dd><ul><li>red</ul><dt>last</dl>"
        "<p>After."
    )
    assert named(html) == [
        ("-n, --dry-run", "-n\n--dry-run\nOnly show."),
        ("-n, --dry-run", "Nothing is done."),
        ("color", "color"),
        ("color", "red"),
        ("color", "last"),
        (None, "After."),
    ]


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("run(command)", "run(command)"),
        (f"run({'argument=None, ' * 10})", "run"),
        ("very " * 30, None),
        ("[1]", None),
        ("Date:", "Date"),
    ],
)
def test_a_term_names_its_paragraphs_if_it_is_short(term: str, name: str | None) -> None:
    assert named(f"<dl><dt>{term}<dd>said</dl>")[0][0] == name


def test_fields_belong_to_what_is_defined_around_them() -> None:
    html = "<dl><dt>run()<dd>Runs.<dl class='field-list simple'><dt>Raises:<dd>An error.</dl>Then.</dl>"
    assert named(html) == [("run()", "run()\nRuns."), ("run()", "Raises:\nAn error."), ("run()", "Then.")]


def test_what_is_out_of_place_is_read_all_the_same() -> None:
    assert named("<dt>first<dd>said<p>on</p></dd><li>item</li><td>cell</td><dt>term") == [
        (None, "first\nsaid"),
        (None, "on"),
        (None, "item"),
        (None, "cell"),
        (None, "term"),
    ]


# Tables


def test_rows_are_said_with_the_names_of_their_columns() -> None:
    html = """<table><caption>Prices</caption><thead><tr><th>Size<th>Price<th></thead>
    <tr><td>small<td>1 €<td>new<tr><td><p>large</p>or more<td><td></table>"""
    assert pieces(html) == [
        ("paragraph", "Prices"),
        ("row", "Size: small; Price: 1 €; new"),
        ("row", "Size: large or more"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td>a<td>b<tr><td>c<td>d", ["a; b", "c; d"]),
        ("<tr><th>A<th>B<tr><td rowspan=2>x<td>1<tr><td>2", ["A: x; B: 1", "A: x; B: 2"]),
        ("<tr><th>A<th>B<tr><td colspan=2>both<td>more", ["A: both; B: both; more"]),
        ("<tr><th rowspan=2>A<th colspan=2>B<tr><th>1<th>2<tr><td>x<td>y<td>z", ["A: x; B 1: y; B 2: z"]),
        ("<tr><th>Name:<td>Ann<tr><th>Age<td>3", ["Name: Ann", "Age: 3"]),
        ("<tr><th colspan=2>Title<tr><th>A<th>B<tr><td>1<td>2", ["Title", "A: 1; B: 2"]),
        ("<tr><th>A<th>B", ["A; B"]),
        (
            "<tr><th>A<th>B<tr hidden><td>1<td>2<tr><td rowspan=0>3<td>4<tr><td colspan=x>5",
            ["A: 3; B: 4", "A: 3; B: 5"],
        ),
        ("<tr><th>A<th>B<tr><td>x<td><ul><li>1<li>2</ul>", ["A: x; B: 1 2"]),
    ],
)
def test_rows(rows: str, expected: list[str]) -> None:
    assert texts(f"<table>{rows}</table>") == expected


@pytest.mark.parametrize(
    "html",
    [
        "<table role=presentation><tr><td><p>left</p><td>right</table>",
        "<table><tr><td>left<td><table><tr><td>right</table></table>",
        "<table><tr><td>left<td><pre>right</pre></table>",
        "<table><tr><td>left<tr><td>right</table>",
        "<div class=admonitionblock><table><tr><td>left<td>right</table></div>",
    ],
)
def test_tables_that_only_place_text_are_paragraphs(html: str) -> None:
    assert [(kind == "row", text) for kind, text in pieces(html)] == [(False, "left"), (False, "right")]


@pytest.mark.parametrize(
    "html",
    [
        '<div class="note"><table><tr><td rowspan=2><img alt="[Note]"><th>Note<tr><td><p>Mind this.</p></table></div>',
        "<div class=admonitionblock><table><tr><td class=icon><div class=title>Note</div><td>Mind this.</table></div>",
    ],
)
def test_tables_of_admonitions(html: str) -> None:
    assert texts(html) == ["Note\nMind this."]


# Code


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>\n  if x: \n\n\ty  \n</pre>", "  if x:\n\n\ty"),
        ("<pre><span>a</span> <b>b</b><br>c</pre>", "a b\nc"),
        ("<pre><div>a</div><div>b\n</div><div>c</div></pre>", "a\nb\nc"),
        ("<pre><span class=linenos>1</span>a\r\n<span class=linenos>2</span>b</pre>", "a\nb"),
    ],
)
def test_code_is_one_block_with_its_lines(html: str, expected: str) -> None:
    parsed = read(f"<p>Before.{html}<p>After.")
    assert (parsed.blocks[1].kind, parsed.text[parsed.blocks[1].start : parsed.blocks[1].end]) == ("code", expected)
    assert len(parsed.blocks) == 3


def test_lines_of_code_that_are_hidden_are_left_out() -> None:
    assert pieces("<pre><span class=boring>fn main() {\n</span>let s = 1;\n<span class=boring>}\n</span></pre>") == [
        ("code", "let s = 1;")
    ]


def test_numbers_beside_code_are_left_out() -> None:
    html = "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre><td><pre>a\nb</pre></table>"
    assert pieces(html) == [("code", "a\nb")]


# What the page says of itself


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Pay | Handbook</title><h1>Pay</h1><p>x", "Pay"),
        ("<title>Handbook</title><h1>Pay</h1><p>x<h1>Leave</h1><p>y", "Handbook"),
        ("<title> Staff\nhandbook </title><p>x", "Staff handbook"),
        ("<title>Pay</title><header><h1>Our site</h1></header><h2>Pay</h2><p>x", "Pay"),
        ("<p>x", None),
    ],
)
def test_title(html: str, title: str | None) -> None:
    assert read(html).title == title


def test_the_title_of_a_book_stands_above_its_chapters() -> None:
    html = "<title>Book</title><h1>Book</h1><h1>One</h1><p>x<h1>Two</h1><p>y"
    assert (read(html).title, [path for _, path, _ in outline(html)]) == ("Book", ["", "One", "Two"])


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ("<meta property='article:published_time' content='2024-05-01T23:00:00+02:00'>", "2024-05-01"),
        ("<meta name=DCTERMS.modified content=2023-01-02><meta name=author content=2020-01-01>", "2023-01-02"),
        ("<meta http-equiv=Last-Modified content='Fri, 13 Jan 2023 16:49:38 GMT'>", "2023-01-13"),
        ("<time datetime=2024-05-01 itemprop=datePublished>May</time>", "2024-05-01"),
        ("<time datetime=2024-05-01>May</time>", None),
        ("<meta name=date content=yesterday><meta name=date content>", None),
        ("<meta name=date content=2023-13-45>", None),
    ],
)
def test_date(html: str, date: str | None) -> None:
    assert read(f"{html}<p>Text.").date == date


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<link rel=canonical href='https://example.org/a?b=c'>", "https://example.org/a?b=c"),
        ("<meta property=og:url content=http://example.org/>", "http://example.org/"),
        ("<link rel=canonical href=/a><meta property=og:url content=https://example.org/b>", "https://example.org/b"),
        ("<link rel=canonical href='javascript:alert(1)'>", None),
        ("<link rel=canonical href='https://[x'>", None),
        ("<link rel=canonical href='https://a b/'>", None),
    ],
)
def test_url(html: str, url: str | None) -> None:
    assert read(f"{html}<p>Text.").origin.url == url


# Encodings


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("<p>Höhe €".encode(), "Höhe €", "UTF-8"),
        ("\ufeff<p>Höhe".encode(), "Höhe", "UTF-8"),
        ("<p>Höhe".encode("utf-16"), "Höhe", "UTF-16"),
        ("<meta charset=iso-8859-1><p>Höhe €".encode("cp1252"), "Höhe €", "Windows-1252"),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-2'><p>łódź".encode("iso-8859-2"),
            "łódź",
            "iso-8859-2",
        ),
        ("<?xml version='1.0' encoding='windows-1251'?><p>Да".encode("cp1251"), "Да", "windows-1251"),
        ("<meta charset=idna><p>na\xefve caf\xe9".encode("latin-1"), "naïve café", "Latin-1"),
        ("<meta charset=utf-8><p>caf\xe9 ol\xe9".encode("latin-1"), "café olé", "Latin-1"),
    ],
)
def test_encodings(data: bytes, text: str, encoding: str) -> None:
    parsed = parse(data)
    assert (parsed.text, parsed.origin.encoding) == (text, encoding)


def test_xhtml_may_close_any_element_at_once() -> None:
    html = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head>'
    assert texts(html + '<body><p id="a"/><p>one<br/>two <a id="b"/>three</p></body></html>') == ["one two three"]


# Hostile pages


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "it is empty"),
        ("<p>a\0b", "it looks binary (NUL bytes)"),
        ("<nav>Home</nav><h1>Index</h1>", "it holds no text besides headings and navigation"),
        ("<div id=app></div><script>run()</script>", "it holds no text besides headings and navigation"),
        ("<frameset><frame src=a>", "it holds no text besides headings and navigation"),
        ("<div>" * 10_000 + "x", "its tags are nested more than 1,000 deep; close them or save it as text"),
        (
            "<svg></svg>" + "<div/>" * 2_000 + "x",
            "its tags are nested more than 1,000 deep; close them or save it as text",
        ),
        ("<p>x" * 1_000_001, "it has more than 1,000,000 tags; split it"),
        ("<p " + "a " * 300_000 + ">x", "a tag in it has more than 1,000 attributes; save it as text"),
        ("x" * 20_000_001, "it has more than 20,000,000 characters of text; split it"),
    ],
    ids=lambda value: value[:12],
)
def test_what_cannot_be_read_says_why(html: str, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(html)
    assert str(caught.value) == reason


def test_fifty_megabytes_are_refused_only_for_their_text() -> None:
    page = "<p>Text.</p>" + f"<!-- {'nothing ' * 1_000} -->\n" * 5_000 + "<script>" + "x = 1 < 2;\n" * 10 + "</script>"
    page += f"<style>{' ' * (50_000_000 - len(page) - 15)}</style>"
    assert (len(page), texts(page)) == (50_000_000, ["Text."])


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 900 + "x",
        "<p>x" * 20_000,
        "<ul><li>x" * 900,
        "<dl>" + "<dt>x" * 50_000,
        "<table><tr><td>x" * 300,
        "<table>" + "<td rowspan=0 colspan=999>x" * 1_000 + "<tr><td>y" * 2_000,
        "x" + "<!--" * 500_000,
        "x" + "<p '\"" * 900,
        "x" + "<" * 900_000,
        "x" + "&" * 2_000_000,
        "<h2>x</h2>y" * 5_000,
        "x<svg>" + "<path d=a />" * 2_000 + "</svg>",
        "<main>x</main>" * 10_000,
        "<pre>" + "x<b>\n</b>" * 20_000,
        "<ol><li value=99999999999999999999>x" * 50,
        "x&#0;&#xD800;&#x110000;",
        "x<![CDATA[<p>]]><?php ?><!doctype y>",
        "".join(f"<p><font a={number}>" for number in range(200)) + "<p>x" * 200,
    ],
    ids=lambda html: f"{len(html)} of {html[:12]!r}",
)
def test_pathological_pages_come_back(html: str) -> None:
    parsed = read(html)
    assert parsed.sections[-1].end == len(parsed.text)
    assert "x" in parsed.text


# What holds for every page

TEMPLATE = st.sampled_from(
    [
        "<p>{}</p>",
        "</p>{}",
        "{} {}",
        "{}<br>{}",
        "<b>{}</b>",
        "<a href=#x>{}</a>",
        "<span id=i>{}",
        "<div id=d>{}</div>",
        "<article>{}</article>",
        "<blockquote>{}</blockquote>",
        "<details><summary>{}</summary>{}</details>",
        "<section id=s><h2>word</h2>{}</section>",
        "<h1>{}</h1>",
        "<h3 id=h>word</h3>{}",
        "<ul><li>{}</li><li>{}</li></ul>",
        "<p>word:<ul><li>{}</ul>",
        "<ol><li>{}</ol>",
        "<dl><dt>{}<dd>{}<dd>{}</dl>",
        "<dl><dt>word<dt></dl>{}",
        "<pre>word\n word</pre>{}",
        "<table><tr><th>word<th>word<tr><td>{}<td>word</table>",
        "<table><tr><td rowspan=2>{}<td>{}<tr><td>word</table>",
        "<div class=note><h3 class=title>word</h3>{}</div>",
    ]
)


def filled(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda template, one, two, three: template.format(one, two, three), TEMPLATE, inner, inner, inner)


PAGES = st.lists(st.recursive(st.sampled_from(["word", "A word. One word!"]), filled, max_leaves=12), min_size=1)


@given(PAGES)
@settings(max_examples=50, deadline=None)
def test_every_word_of_any_page_stands_in_a_block_or_heading(parts: list[str]) -> None:
    words: list[str] = []

    def numbered(_: re.Match[str]) -> str:
        words.append(f"word{len(words):05}")
        return words[-1]

    html = re.sub(r"\bword\b", numbered, f"<main>{''.join(parts)}<p>word</main>")
    parsed = read(html)
    assert parsed == read(html)
    check(parsed)
    assert set(re.findall(r"word\d{5}", said(parsed))) == set(words)
