"""HTML: `parse` reads a file's text."""

from qabot.documents.html.document import parse

__all__ = ["parse"]
