"""The knowledge folder and its documents: bytes to text, sections and blocks.

`find` says what there is to read, `load` reads one document, `Loader` does so in a process of its own where the format
is not plain text. Each format has a package; what those with mark-up share is in `composer`.
"""

from qabot.documents.folder import find
from qabot.documents.load import load
from qabot.documents.worker import Loader

__all__ = ["Loader", "find", "load"]
