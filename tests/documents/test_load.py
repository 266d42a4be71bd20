"""The knowledge folder and its files: what is found, what is skipped and why, what a file's bytes become."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qabot.documents import find, load
from qabot.documents.load import MOST_BYTES
from qabot.errors import DocumentError, KnowledgeError

ARTICLE = Path(__file__).parents[2] / "knowledge" / "china-battery-innovation.txt"
NOBODY = 65534


def write(root: Path, name: str, data: bytes = b"Something to read.\n") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in find(root)[0]]


def reasons(root: Path) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in find(root)[1]}


@contextmanager
def ordinary_user(root: Path) -> Iterator[None]:
    """Not root for a while, since nothing is forbidden to root. The folders above must let others pass."""
    if os.name != "posix":
        pytest.skip("needs POSIX permissions")
    if os.geteuid() != 0:
        yield
        return
    opened = []
    for folder in [root, *root.parents]:
        mode = folder.stat().st_mode
        if mode & 0o055 != 0o055:
            opened.append((folder, mode))
            folder.chmod(mode | 0o055)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in opened:
            folder.chmod(mode)


# find


def test_text_files_are_found_sorted_and_recursively(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.txt", "a/deep/er.TXT", "c.odt", "picture.png", ".hidden.txt", ".git/config.txt"]:
        write(tmp_path, name)
    assert names(tmp_path) == ["a/deep/er.TXT", "a/z.txt", "b.txt"]
    assert reasons(tmp_path) == {}


def test_names_may_hold_any_characters(tmp_path: Path) -> None:
    odd = ["a b.txt", "a\nb.txt", "#50%?.txt", "é中.txt", "'quoted\".txt", "back\\slash.txt"]
    for name in odd:
        write(tmp_path, name)
    assert names(tmp_path) == sorted(odd)
    assert {load(tmp_path, path).path for path in find(tmp_path)[0]} == set(odd)


def test_a_name_that_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, "good.txt")
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert names(tmp_path) == ["good.txt"]
    assert reasons(tmp_path) == {"caf\ufffd.txt": "its name is not UTF-8; rename it"}


def test_links(tmp_path: Path) -> None:
    root = tmp_path / "knowledge"
    write(root, "here.txt")
    write(root, "..data/mounted.txt")
    outside = write(tmp_path, "outside.txt")
    (root / "away.txt").symlink_to(outside)
    (root / "mounted.txt").symlink_to(Path("..data") / "mounted.txt")
    (root / "nothing.txt").symlink_to(root / "gone.txt")
    (root / "round.txt").symlink_to(root / "round.txt")
    (root / "folder").symlink_to(tmp_path)
    assert names(root) == ["here.txt", "mounted.txt"]
    assert reasons(root) == {
        "away.txt": "it is a link that leaves the knowledge folder; put the file itself there",
        "folder": "it is a link to a folder; put the folder itself there",
        "nothing.txt": "it is a link to nothing",
        "round.txt": "it cannot be read: too many levels of symbolic links",
    }


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real", "a.txt")
    (tmp_path / "knowledge").symlink_to(tmp_path / "real")
    assert names(tmp_path / "knowledge") == ["a.txt"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert reasons(tmp_path) == {"pipe.txt": "it is not a regular file"}
    with pytest.raises(DocumentError, match=r"^it is not a regular file$"):
        load(tmp_path, tmp_path / "pipe.txt")


def test_what_may_not_be_read_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, "good.txt").chmod(0o644)
    closed = write(tmp_path, "closed.txt")
    write(tmp_path, "locked/inside.txt")
    closed.chmod(0)
    (tmp_path / "locked").chmod(0)
    try:
        with ordinary_user(tmp_path):
            assert names(tmp_path) == ["good.txt"]
            assert reasons(tmp_path) == {
                "closed.txt": "it cannot be read: permission denied",
                "locked": "the folder cannot be read: permission denied",
            }
            with pytest.raises(DocumentError, match=r"^it cannot be read: permission denied$"):
                load(tmp_path, closed)
    finally:
        (tmp_path / "locked").chmod(0o755)


def test_no_folder_no_files(tmp_path: Path) -> None:
    with pytest.raises(
        KnowledgeError, match=r"There is no knowledge folder .*missing: make it and put documents there"
    ):
        find(tmp_path / "missing")
    with pytest.raises(KnowledgeError, match="is a file: name the folder"):
        find(write(tmp_path, "file.txt"))
    with pytest.raises(KnowledgeError, match=r"nothing to read in .*: put documents there \(\.txt, \.md, .*\)\.$"):
        find(write(tmp_path, "empty/picture.png").parent)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "a.txt").symlink_to("gone")
    with pytest.raises(KnowledgeError, match=r"\(a\.txt was skipped: it is a link to nothing\)"):
        find(tmp_path / "linked")


# load


def test_the_article() -> None:
    document = load(ARTICLE.parent, ARTICLE)
    data = ARTICLE.read_bytes()
    assert (document.path, document.title) == ("china-battery-innovation.txt", "China battery innovation")
    assert document.text == data.decode("utf-8")
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.date is None
    assert len(document.sections) == 7
    assert document.line(document.sections[6].start) == 23


def test_line_endings_and_a_byte_order_mark_stay_in_the_text(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfPay\r\n===\r\n\r\nEvery month.\rOr so.\r\n"
    document = load(tmp_path, write(tmp_path, "sub/pay.txt", data))
    assert document.text.encode() == data
    assert document.path == "sub/pay.txt"
    assert document.title == "Pay"
    assert [document.text[b.start : b.end] for b in document.blocks] == ["Every month.\rOr so."]
    assert document.line(document.blocks[0].start) == 4


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b" \r\n\t\n", "it is empty"),
        (b"\xef\xbb\xbf\n", "it is empty"),
        (b"-----\n", "it holds no text"),
        (
            b"cut short \xe4\xb8",
            "it is not UTF-8 (byte 11, in line 1), and in what else cannot be told; save it as UTF-8",
        ),
        (
            b"a\nlone surrogate \xed\xa0\x80",
            "it is not UTF-8 (byte 18, in line 2), and in what else cannot be told; save it as UTF-8",
        ),
        (
            b"\x7fELF\x01\x02 \xe9",
            "it is not UTF-8 (byte 8, in line 1), and in what else cannot be told; save it as UTF-8",
        ),
        (b"PK\x03\x04\0\0 and so on", "it looks binary (NUL bytes)"),
        (b"Plain text with a stray\0 NUL.\n", "it looks binary (NUL bytes)"),
        ("Höhe".encode("utf-16") + b"\xd8", "it looks like UTF-16, but is not; save it as UTF-8"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, write(tmp_path, "a.txt", data))
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        ("Höhe", "utf-16", "UTF-16"),
        ("Die Höhe", "utf-16-le", "UTF-16"),
        ("Die Höhe", "utf-16-be", "UTF-16"),
        ("Срок подачи - две недели.\n", "utf-16-le", "UTF-16"),
        ("固态电池的能量密度，\n超过每公斤五百瓦时。", "utf-16-be", "UTF-16"),
        ("Höhe", "utf-32", "UTF-32"),
        ("Die Höhe misst man in Metern.", "latin-1", "Latin-1"),
        ("“Smart” quotes — and a dash…", "cp1252", "Windows-1252"),
        ("中国的电池产业正在迅速发展。固态电池的能量密度超过每公斤五百瓦时。", "gb18030", "GB18030"),
        ("日本の電池産業は急速に発展しています。固体電池のエネルギー密度。", "shift_jis", "Shift JIS"),
        ("Срок подачи заявления - две недели до отпуска.", "koi8_r", "KOI8-R"),
    ],
)
def test_another_encoding_is_found_out_and_named(tmp_path: Path, text: str, codec: str, encoding: str) -> None:
    document = load(tmp_path, write(tmp_path, "a.txt", text.encode(codec)))
    assert (document.text, document.origin.encoding) == (text, encoding)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(DocumentError, match=r"^it has more than 50 MB; split it$"):
        load(tmp_path, path)


def test_a_file_that_is_gone_or_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^it is not there$"):
        load(tmp_path, tmp_path / "gone.txt")
    with pytest.raises(DocumentError, match=r"^it is not in the knowledge folder$"):
        load(tmp_path / "a", write(tmp_path, "b.txt"))


@pytest.mark.parametrize(
    ("name", "title"),
    [("opening_hours.txt", "Opening hours"), ("FAQ.txt", "FAQ"), ("a--b  c.txt", "A b c"), ("---.txt", "---")],
)
def test_a_document_without_a_title_is_called_by_its_file_name(tmp_path: Path, name: str, title: str) -> None:
    assert load(tmp_path, write(tmp_path, name)).title == title
