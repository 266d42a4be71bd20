"""The knowledge folder -> the store: only what changed is read, encoded and replaced."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

import qabot
from qabot.documents import find, load
from qabot.errors import DocumentError, StoreError
from qabot.passages import PASSAGE_CHARACTERS, SENTENCE_CHARACTERS, passages
from qabot.store import FileState, Store, Vectors
from qabot.types import Document, Passage, Skipped
from qabot.words import words


class TextEncoder(Protocol):
    """What the index needs of an encoder: see `qabot.encoder.Encoder`."""

    @property
    def fingerprint(self) -> str:
        """Tells this model and its number format from all others."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Unit vectors, (texts, dimensions); `progress` is called with the number of texts done so far."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a refresh did, as paths relative to the knowledge folder. `passages` counts those newly encoded."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unchanged: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a refresh is: the document it is at, and how many of its texts are encoded."""

    path: str
    document: int
    documents: int
    texts: int = 0
    of_texts: int = 0


def recipe(encoder: TextEncoder) -> str:
    """Names everything that the content of an index depends on, beside the documents."""
    rules = {"passage": PASSAGE_CHARACTERS, "sentence": SENTENCE_CHARACTERS, "qabot": qabot.__version__}
    return json.dumps({"encoder": encoder.fingerprint} | rules)


def refresh(
    store: Store,
    knowledge: Path,
    encoder: TextEncoder,
    progress: Callable[[Progress], None] = lambda progress: None,
    waiting: Callable[[], None] = lambda: None,
) -> Summary:
    """Make the store hold what the knowledge folder holds now. Each document is replaced in one transaction.

    A file whose size and time of change are the same is not read; one whose bytes are the same is not encoded.
    Files that cannot be read are skipped with a reason and no longer answered from. Where the store cannot be
    written it stays as it is.

    Raises KnowledgeError where there is nothing to read, StoreError where the index cannot be used.
    """
    paths, skipped = find(knowledge)
    current = recipe(encoder)
    if store.recipe != current:
        if not store.writable:
            raise StoreError(f"The index {store.path} was made in another way and cannot be written; set QABOT_INDEX.")
        with store.transaction(waiting):
            if store.recipe != current:
                store.reset(current)
    if not store.writable:
        return Summary(skipped=tuple(skipped), unchanged=len(store.files()))

    names = [path.relative_to(knowledge).as_posix() for path in paths]
    known = store.files()
    outcome: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    encoded = 0
    for number, (name, path) in enumerate(zip(names, paths, strict=True), start=1):
        try:
            status = path.stat()
            unread = FileState(status.st_size, status.st_mtime_ns, "")
            if name in known and (known[name].size, known[name].modified) == (unread.size, unread.modified):
                outcome["unchanged"].append(name)
                continue
            progress(Progress(name, number, len(paths)))
            document = load(knowledge, path)
        except (DocumentError, OSError) as error:
            reason = str(error) if isinstance(error, DocumentError) else f"it cannot be read: {error.strerror}"
            skipped.append(Skipped(name, reason))
            continue
        state = FileState(unread.size, unread.modified, document.sha256)
        with store.transaction(waiting):
            now = store.files().get(name)
            if now is not None and now.sha256 == document.sha256:
                store.touch(name, state)
                outcome["unchanged"].append(name)
                continue
            encoded += _add(store, encoder, document, state, lambda texts, of: progress(
                Progress(name, number, len(paths), texts, of)))
            outcome["added" if now is None else "changed"].append(name)

    readable = {name for group in outcome.values() for name in group}
    removed = sorted(set(store.files()) - readable)
    if removed:
        with store.transaction(waiting):
            for name in removed:
                store.remove(name)
    gone = tuple(name for name in removed if name in known)
    return Summary(
        added=tuple(outcome["added"]),
        changed=tuple(outcome["changed"]),
        removed=gone,
        skipped=tuple(sorted(skipped, key=lambda item: item.path)),
        unchanged=len(outcome["unchanged"]),
        passages=encoded,
    )


def _add(
    store: Store,
    encoder: TextEncoder,
    document: Document,
    state: FileState,
    progress: Callable[[int, int], None],
) -> int:
    found = passages(document)
    headings = [" > ".join((document.title, *passage.path)) for passage in found]
    bodies = [document.text[passage.start : passage.end] for passage in found]
    spoken = [_with_heading(heading, body) for heading, body in zip(headings, bodies, strict=True)]
    split = [
        [_with_heading(heading, document.text[start:end]) for start, end in passage.sentences]
        for heading, passage in zip(headings, found, strict=True)
    ]
    # A passage of one sentence is that sentence: it is encoded once.
    texts = list(dict.fromkeys([*spoken, *(sentence for sentences in split for sentence in sentences)]))
    place = {text: row for row, text in enumerate(texts)}
    encoded = encoder.encode(texts, lambda done: progress(done, len(texts)))
    store.add(
        document,
        state,
        found,
        [_indexed(heading, body) for heading, body in zip(headings, bodies, strict=True)],
        encoded[[place[text] for text in spoken]],
        [encoded[[place[text] for text in sentences]] for sentences in split],
    )
    return len(found)


def _with_heading(heading: str, body: str) -> str:
    return f"{heading}\n{body}" if heading else body


def _indexed(heading: str, body: str) -> tuple[str, str, str]:
    of_heading, of_body = words(heading), words(body)
    spelled = dict.fromkeys(word.surface for word in [*of_heading, *of_body])
    return (
        " ".join(word.term for word in of_heading),
        " ".join(word.term for word in of_body),
        " ".join(spelled),
    )
