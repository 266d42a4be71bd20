"""Result -> the JSON object that programs read. Fields may be added, none is renamed."""

import json
import re
from typing import Any

from qabot.quote import reference
from qabot.types import Answer, Greeting, NoAnswer, Quote, Result, Source

# Control characters that JSON need not escape, and marks that turn the direction of text: a terminal obeys them.
_DRIVING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(value: dict[str, Any]) -> str:
    """One line of JSON, readable in any language, that no terminal takes for orders."""
    return _DRIVING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def as_object(result: Result) -> dict[str, Any]:
    """The result as plain dictionaries and lists, ready for `json.dumps`."""
    quotes = result.quotes if isinstance(result, Answer) else ()
    nearest = result.nearest if isinstance(result, NoAnswer) else None
    return {
        "question": result.question,
        "meant": result.question if isinstance(result, Greeting) else result.meant,
        "kind": {Answer: "answer", NoAnswer: "no_answer", Greeting: "greeting"}[type(result)],
        "answered": isinstance(result, Answer),
        "confidence": None if isinstance(result, Greeting) else round(result.confidence, 4),
        "quotes": [_quote(quote) for quote in quotes],
        "nearest": None if nearest is None else _quote(nearest),
        "elapsed_ms": round(result.elapsed_ms, 1),
    }


def source_object(source: Source) -> dict[str, Any]:
    """A document as plain dictionaries and lists."""
    return {
        "document": source.path,
        "title": source.title,
        "date": source.date,
        "sha256": source.sha256,
        "passages": source.passages,
        "indexed": source.indexed,
        "sections": [{"number": section.number, "section": list(section.path)} for section in source.sections],
    }


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "text": quote.text,
        "highlight": None if quote.highlight is None else list(quote.highlight),
        "document": quote.document,
        "title": quote.title,
        "date": quote.date,
        "indexed": quote.indexed,
        "section": list(quote.section),
        "number": quote.number,
        "reference": reference(quote),
        "start": quote.start,
        "end": quote.end,
        "line": quote.line,
        "page": quote.page,
        "link": quote.link,
        "sha256": quote.sha256,
        "score": round(quote.score, 4),
    }
