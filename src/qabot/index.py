"""The knowledge folder -> the store: only what changed is read, encoded and replaced."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import Stemmer

import qabot
from qabot.documents import find, load
from qabot.encoder import TextEncoder
from qabot.errors import DocumentError
from qabot.passages import PASSAGE_CHARACTERS, SENTENCE_CHARACTERS, passages
from qabot.store import FileState, Store
from qabot.types import Document, Progress, Skipped, Summary
from qabot.words import words

# The code that decides what an index holds. Not every change of it comes with a new version number.
_RULES = ("documents/*.py", "index.py", "passages.py", "words.py")


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
) -> Summary:
    """Make the store hold what the knowledge folder holds now. Each document is replaced in one transaction.

    A file whose size and time of change are the same is not read; one whose bytes are the same is not encoded.
    Files that cannot be read are skipped with a reason and no longer answered from. Where the store cannot be
    written it stays as it is. `waiting` is called when another process is writing, which is waited for.

    Raises KnowledgeError where there is nothing to read, StoreError where the index cannot be used.
    """
    paths, skipped = find(knowledge)
    store.use(recipe(encoder), waiting)
    known = store.files()
    if not store.writable:
        return Summary(skipped=tuple(skipped), unchanged=len(known))

    outcome: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    encoded = 0
    for number, path in enumerate(paths, start=1):
        name = path.relative_to(knowledge).as_posix()
        try:
            status = path.stat()
            if name in known and (known[name].size, known[name].modified) == (status.st_size, status.st_mtime_ns):
                outcome["unchanged"].append(name)
                continue
            progress(Progress(name, number, len(paths)))
            document = load(knowledge, path)
        except DocumentError as error:
            skipped.append(Skipped(name, str(error)))
            continue
        except OSError as error:
            skipped.append(Skipped(name, f"it cannot be read: {(error.strerror or str(error)).lower()}"))
            continue
        state = FileState(status.st_size, status.st_mtime_ns, document.sha256)
        with store.transaction(waiting):
            # Another process may have been here in the meantime.
            now = store.file(name)
            if now is not None and now.sha256 == document.sha256:
                store.touch(name, state)
                outcome["unchanged"].append(name)
            else:
                encoded += _add(store, encoder, document, state, progress, Progress(name, number, len(paths)))
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
        passages=encoded,
    )


def _add(
    store: Store,
    encoder: TextEncoder,
    document: Document,
    state: FileState,
    progress: Callable[[Progress], None],
    at: Progress,
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
    encoded = encoder.encode(texts, lambda done: progress(replace(at, texts=done, of_texts=len(texts))))
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
