"""Markdown: `parse` reads a file's text."""

from qabot.documents.markdown.document import parse

__all__ = ["parse"]
