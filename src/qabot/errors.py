"""Everything that can go wrong, as one tree. Edges turn these into one sentence and exit status 2.

QabotError
├── BadQuestion       empty, or longer than the limit
├── BadReference      not a reference, or to a document that is not there
├── BadSettings       an unknown key, a value of the wrong kind
├── BadQuestionFile   a line of an evaluation file that cannot be used
├── KnowledgeError    the knowledge folder is missing or holds nothing to read
├── DocumentError     one file cannot be read; the others go on
├── StoreError        the index is corrupt, of a newer version, or cannot be written
├── ModelError        a model is missing, altered or cannot be fetched
└── DiscordError      no token, a refused token
"""


class QabotError(Exception):
    """The base of all errors that qabot raises on purpose. Its text is one sentence that says what to do."""


class BadQuestion(QabotError):
    """A question that cannot be asked."""


class BadReference(QabotError):
    """A reference that cannot be followed."""


class BadSettings(QabotError):
    """A setting that is unknown or has a wrong value."""


class BadQuestionFile(QabotError):
    """A file of questions that cannot be evaluated."""


class KnowledgeError(QabotError):
    """A knowledge folder that gives nothing to answer from."""


class DocumentError(QabotError):
    """One document that cannot be read. Its text is a clause that fits after "skipped:"."""


class StoreError(QabotError):
    """An index that cannot be used or written."""


class ModelError(QabotError):
    """A model that cannot be used."""


class DiscordError(QabotError):
    """The Discord side cannot start."""
