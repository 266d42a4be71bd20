"""The knowledge folder and its documents: bytes to text, sections and blocks.

`find` says what there is to read, `load` reads one document. What is in a plain text is decided in `text`.
"""

from qabot.documents.folder import find
from qabot.documents.load import load

__all__ = ["find", "load"]
