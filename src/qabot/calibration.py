"""All numbers that are fitted and not chosen, as one value with the models that they were fitted for."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from qabot.confidence import FEATURES as CONFIDENCE_FEATURES
from qabot.errors import ModelError
from qabot.reader import FEATURES as READER_FEATURES
from qabot.retrieve import Fusion


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `qabot calibrate` fits. `encoder` and `reading_model` are the fingerprints of the models that it was fitted
    for; the second is None where nothing read.

    `reader` weighs `reader.FEATURES`; `further` is the share of a question's content that a further quote must
    add; `confidence` weighs `confidence.FEATURES`, with the intercept last; from `threshold` on, a question is
    answered. `fitted_on` says on what.
    """

    encoder: str
    reading_model: str | None
    fusion: Fusion
    reader: tuple[float, ...]
    further: float
    confidence: tuple[float, ...]
    threshold: float
    fitted_on: str

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        partial = path.with_name(path.name + ".partial")
        partial.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read what `save` wrote.

        Raises ModelError where the file is missing or not a calibration of this version.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            calibration = cls(
                encoder=stored["encoder"],
                reading_model=stored["reading_model"],
                fusion=Fusion(**stored["fusion"]),
                reader=tuple(stored["reader"]),
                further=float(stored["further"]),
                confidence=tuple(stored["confidence"]),
                threshold=float(stored["threshold"]),
                fitted_on=stored["fitted_on"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"The calibration {path} cannot be used; run qabot calibrate again, or with --reset."
            ) from error
        if (len(calibration.reader), len(calibration.confidence)) != (
            len(READER_FEATURES),
            len(CONFIDENCE_FEATURES) + 1,
        ):
            raise ModelError(
                f"The calibration {path} is of another version; run qabot calibrate again, or with --reset."
            )
        return calibration
