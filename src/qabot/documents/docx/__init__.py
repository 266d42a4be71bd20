"""Word documents: `parse` reads a file's text."""

from qabot.documents.docx.document import parse

__all__ = ["parse"]
