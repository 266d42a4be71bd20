"""qabot answers questions from documents with verbatim quotes and the section they stand in.

from qabot import Answerer

answerer = Answerer("knowledge")
result = answerer.ask("What energy density do the new solid-state cells reach?")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qabot.answer import Answerer

__version__ = "0.1.0"
__all__ = ["Answerer", "__version__"]


def __getattr__(name: str) -> Any:
    # Loaded when it is first asked for, so that `qabot --help` does not load onnxruntime.
    if name == "Answerer":
        from qabot.answer import Answerer

        return Answerer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
