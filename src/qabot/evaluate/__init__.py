"""How good the answers are: labelled questions in, figures with n and 95 % intervals out.

`questions` reads the file, `runner` asks, `outcome` judges one question against `sources` by `metrics`, `figures`
and `intervals` sum up, `report` and `html` show.
"""

from qabot.evaluate.questions import LabelledQuestion, read_questions
from qabot.evaluate.report import Report, compare
from qabot.evaluate.runner import evaluate

__all__ = ["LabelledQuestion", "Report", "compare", "evaluate", "read_questions"]
