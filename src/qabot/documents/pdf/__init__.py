"""PDF: `parse` reads a file's text."""

from qabot.documents.pdf.document import parse

__all__ = ["parse"]
