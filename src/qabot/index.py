"""The knowledge folder -> the store: only what changed is read, encoded and replaced."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import Stemmer

import qabot
from qabot.documents import Loader, find
from qabot.encoder import TextEncoder
from qabot.errors import DocumentError
from qabot.passages import PASSAGE_CHARACTERS, SENTENCE_CHARACTERS, passages
from qabot.store import FileState, Store, Vectors
from qabot.types import DEFAULT_COLLECTION, Document, Passage, Progress, Skipped, Summary, document_name
from qabot.words import words

# The code that decides what an index holds. Not every change of it comes with a new version number.
_RULES = ("documents/**/*.py", "index.py", "passages.py", "words.py")
_TRIES = 3  # to read a file that is being written


def recipe(encoder: TextEncoder) -> str:
    """Names everything that the content of an index depends on, beside the documents."""
    code = hashlib.sha256()
    for pattern in _RULES:
        for file in sorted(Path(__file__).parent.glob(pattern)):
            code.update(file.read_bytes())
    rules = {
        "encoder": encoder.fingerprint,
        "passage": PASSAGE_CHARACTERS,
        "sentence": SENTENCE_CHARACTERS,
        "stemmer": Stemmer.version(),
        "qabot": qabot.__version__,
        "code": code.hexdigest(),
    }
    return json.dumps(rules)


def refresh(
    store: Store,
    knowledge: Path,
    encoder: TextEncoder,
    progress: Callable[[Progress], None] = lambda progress: None,
    waiting: Callable[[], None] = lambda: None,
    collection: str = DEFAULT_COLLECTION,
    patient: bool = True,
) -> Summary:
    """Make a collection of the store hold what the knowledge folder holds now. Each document is replaced in one
    transaction.

    A file whose size and time of change are the same is not read; one whose bytes are the same is not encoded, and of a
    changed or renamed one only the texts are that are new. Files that cannot be read are skipped with a reason and no
    longer answered from. Where the store cannot be written it stays as it is. `waiting` is called when another process
    is writing, which is waited for. Without `patient`, what another process is about to take in is left to it, where
    the collection holds anything already.

    Raises KnowledgeError where there is nothing to read, StoreError where the index cannot be used.
    """
    paths, skipped = find(knowledge)
    store.use(recipe(encoder), waiting)
    known = store.files((collection,))
    with store.indexing() as alone:
        behind = bool(known) and not alone and not patient
        if behind or not store.writable:
            return Summary(skipped=tuple(skipped), unchanged=len(known), behind=behind)
        return _taken_in(store, knowledge, encoder, progress, waiting, collection, paths, skipped, known)


def _taken_in(
    store: Store,
    knowledge: Path,
    encoder: TextEncoder,
    progress: Callable[[Progress], None],
    waiting: Callable[[], None],
    collection: str,
    paths: Sequence[Path],
    skipped: list[Skipped],
    known: Mapping[str, FileState],
) -> Summary:
    names = {path: document_name(collection, path.relative_to(knowledge).as_posix()) for path in paths}
    gone = {known[name].sha256: name for name in set(known).difference(names.values())}
    outcome: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    encodings: list[tuple[str, str]] = []
    count = 0
    with Loader() as loader:
        for number, (path, name) in enumerate(names.items(), start=1):
            try:
                state = _state(path)
                if name in known and (known[name].size, known[name].modified) == (state.size, state.modified):
                    outcome["unchanged"].append(name)
                    continue
                progress(Progress(name, number, len(paths)))
                document, state = _read(loader, knowledge, path, state)
                if document is None:
                    skipped.append(Skipped(name, "it changed while it was read; it is read again the next time"))
                    outcome["unchanged"] += [name] * (name in known)
                    continue
            except DocumentError as error:
                skipped.append(Skipped(name, str(error)))
                continue
            except OSError as error:
                skipped.append(Skipped(name, f"it cannot be read: {(error.strerror or str(error)).lower()}"))
                continue
            if document.origin.encoding != "UTF-8":
                encodings.append((name, document.origin.encoding))
            document, state = replace(document, path=name), replace(state, sha256=document.sha256)
            with store.transaction(waiting):
                # Another process may have been here in the meantime.
                now = store.file(name)
                if now is not None and now.sha256 == document.sha256:
                    store.touch(name, state)
                    outcome["unchanged"].append(name)
                else:
                    before = name if now is not None else gone.get(document.sha256)
                    at = Progress(name, number, len(paths))
                    count += _add(store, encoder, document, state, before, progress, at)
                    outcome["added" if now is None else "changed"].append(name)

    # What another process has put in since then is not for us to take out.
    removed = sorted(set(known).difference(*outcome.values()))
    if removed:
        with store.transaction(waiting):
            for name in removed:
                store.remove(name)
    return Summary(
        added=tuple(outcome["added"]),
        changed=tuple(outcome["changed"]),
        removed=tuple(removed),
        skipped=tuple(sorted(skipped, key=lambda item: item.path)),
        unchanged=len(outcome["unchanged"]),
        passages=count,
        encodings=tuple(encodings),
    )


def _read(loader: Loader, knowledge: Path, path: Path, state: FileState) -> tuple[Document | None, FileState]:
    """A document with what its file looks like; None where the file changed each time while it was read."""
    for _ in range(_TRIES):
        before, document, error = state, None, None
        try:
            document = loader.load(knowledge, path)
        except DocumentError as failed:
            error = failed
        state = _state(path)
        if state != before:
            continue  # also after an error: a file of which only a part is written looks damaged
        if error is not None:
            raise error
        return document, state
    return None, state


def _state(path: Path) -> FileState:
    status = path.stat()
    return FileState(status.st_size, status.st_mtime_ns, "")


def _add(
    store: Store,
    encoder: TextEncoder,
    document: Document,
    state: FileState,
    before: str | None,
    progress: Callable[[Progress], None],
    at: Progress,
) -> int:
    """Put a document in; `before` is the one in the index that it comes from, under the same name or another."""
    found = passages(document)
    spoken, split = _texts(document, found)
    known = {} if before is None else _known(store, before, document)
    # A passage of one sentence is that sentence: it is encoded once.
    every = dict.fromkeys([*spoken, *(sentence for sentences in split for sentence in sentences)])
    texts = [text for text in every if text not in known]
    encoded = encoder.encode(texts, lambda done: progress(replace(at, texts=done, of_texts=len(texts))))
    vectors = known | dict(zip(texts, encoded, strict=True))
    store.add(
        document,
        state,
        found,
        [_indexed(_heading(document, passage), _body(document, passage)) for passage in found],
        np.array([vectors[text] for text in spoken]),
        [np.array([vectors[text] for text in sentences]) for sentences in split],
    )
    return len(found)


def _texts(document: Document, found: Sequence[Passage]) -> tuple[list[str], list[list[str]]]:
    """What is encoded of each passage, and of each of its sentences: with its headings, which say what it is about."""
    spoken = [_with_heading(_heading(document, passage), _body(document, passage)) for passage in found]
    split = [
        [_with_heading(_heading(document, passage), document.text[start:end]) for start, end in passage.sentences]
        for passage in found
    ]
    return spoken, split


def _known(store: Store, name: str, document: Document) -> dict[str, Vectors]:
    """The vectors that the index holds of the document called `name`, by what would be encoded of `document` now.

    A file that was only renamed may have its name for a title; its vectors then keep the old one.
    """
    before, encoded = store.document(name), store.encoded(name)
    if before is None:
        return {}
    if before.sha256 == document.sha256:
        before = document
    spoken, split = _texts(before, [passage for passage, _, _ in encoded])
    vectors = dict(zip(spoken, (vector for _, vector, _ in encoded), strict=True))
    for sentences, (_, _, of_sentences) in zip(split, encoded, strict=True):
        vectors |= zip(sentences, of_sentences, strict=True)
    return vectors


def _heading(document: Document, passage: Passage) -> str:
    return " > ".join((document.title, *passage.path))


def _body(document: Document, passage: Passage) -> str:
    return document.text[passage.start : passage.end]


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
