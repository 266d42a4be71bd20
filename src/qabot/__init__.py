"""qabot answers questions from documents with verbatim quotes and the section they stand in."""

__version__ = "0.1.0"
