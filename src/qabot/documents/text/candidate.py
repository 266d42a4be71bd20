"""A line that looks like a heading, before the document as a whole is looked at."""

from dataclasses import dataclass

# The first number of a rank: 1 a centred title; 5, 6, 20 a word and a number ("Part I",
# "Chapter 2", "Article 3"); 10 to 12 a rule; 13 to 15 signs; 30 capitals; 33, 35 a number; 50 plain; 60 "Q:".
RULED = range(10, 13)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines `[first, last)` that look like a heading called `title`. A smaller `rank` is a higher heading.

    `plain` marks those that nothing sets off but their shortness and place.
    """

    first: int
    last: int
    title: str
    rank: tuple[int, int]
    number: str | None = None
    parts: tuple[int, ...] = ()
    plain: bool = False
