"""reStructuredText: `parse` reads a file's text."""

from qabot.documents.restructured.document import parse

__all__ = ["parse"]
