"""Plain text: `parse` reads a file's text."""

from qabot.documents.text.document import parse

__all__ = ["parse"]
