"""The short sentences of the bot, and what its commands and fields are called."""

from qabot.render.discord.markup import clipped
from qabot.render.discord.message import MESSAGE_CHARACTERS, Part, Shown

ASK = "Ask the documents a question"
ASK_QUESTION = "Your question"
ASK_PRIVATE = "Show the answer only to you"
ASK_DOCUMENT = "Look only in this document or section"
SECTION = "Read a section of a document"
SECTION_NAME = "The section; begin to type its heading"
SOURCES = "The documents that I answer from, and when they changed"
HELP = "What I can do, and how to ask"
FIND = "Find in the documents"
FORM_FIELD = "Your next question"
FORM_HINT = "For example: who said that?"
THREAD = "Questions"

_HELLO = "Hello! Ask me a question with `/ask`, or mention me: I answer with quotes from the documents."
_THANKS = "You're welcome! Ask me again with `/ask` or by mentioning me."
_HELP = """\
I answer with the documents' own words, and say where they stand. What they do not answer, I do not answer.

- `/ask` asks a question; `private` shows the answer only to you, `document` looks in one document or section.
- Mention me in a message, or reply to one of my answers and mention me. Direct messages need no mention.
- *Follow up* asks on; *In context* shows a quote in its place, *More* other passages, *Verify* whether the document \
still says so; *Share* shows a private answer to everybody.
- *Apps* > *Find in the documents* in the menu of any message looks for what the documents say about it.
- `/section` reads a section, `/sources` lists the documents."""


def notice(text: str) -> Shown:
    """A message that says one thing."""
    return Shown((Part(text),))


def hello() -> Shown:
    """One line of help."""
    return notice(_HELLO)


def you_are_welcome() -> Shown:
    """The answer to thanks."""
    return notice(_THANKS)


def helping() -> Shown:
    """What the bot can do."""
    return notice(_HELP)


def problem(sentence: str) -> Shown:
    """An error that a person can do something about: its own sentence."""
    return notice(clipped(sentence, MESSAGE_CHARACTERS // 2))


def failed() -> Shown:
    """Something broke on our side."""
    return notice("Something went wrong on my side. Please ask again in a moment.")


def too_many() -> Shown:
    """The line of waiting questions is full."""
    return notice("Too many questions at once. Please try again in a minute.")


def too_soon() -> Shown:
    """The same person asked a moment ago."""
    return notice("That was quick! Please wait a few seconds before your next question.")


def leaving() -> Shown:
    """The bot is being stopped or restarted."""
    return notice("I am being restarted. Please ask again in a minute.")


def removed() -> Shown:
    """The document that an older answer quotes is not there any more."""
    return notice("That document is no longer among mine.")


def altered() -> Shown:
    """The document that an older answer quotes no longer says so."""
    return notice("The document has changed since, and no longer says this.")


def not_listed(text: str) -> Shown:
    """No document or section is called so."""
    return notice(f"I have no document or section called “{clipped(text, 200)}”. Pick one from the list as you type.")


def only_headings(title: str) -> Shown:
    """A document in which no text stands under any heading."""
    return notice(f"“{clipped(title, 200)}” has headings, but no text under them.")


def no_text() -> Shown:
    """A message of pictures, or one of the bot's own boxes."""
    return notice("There is no text in that message that I could look for.")


def no_question() -> Shown:
    """The message that a button belongs to does not show a question."""
    return notice("I cannot read the question in that message any more. Please ask it again.")


def noted() -> Shown:
    """The answer to "helpful" and "not helpful"."""
    return notice("Thank you, that helps.")


def not_noted() -> Shown:
    """What a person thinks of an answer could not be written down."""
    return notice("Thank you, but I could not write that down.")


def shared_already() -> Shown:
    """An answer is shared once."""
    return notice("That is shared already.")


def not_shared() -> Shown:
    """The answer could not be put into the channel."""
    return notice("I could not share that here. You can try again.")


def not_here() -> Shown:
    """The person may not write in this channel, so nothing is written there for them."""
    return notice("You may not write in this channel, so I do not share it here.")


def no_files() -> Shown:
    """The bot may not attach files in a channel, and the answer needs one."""
    return notice(
        "My answer comes with a file, and I may not attach files in this channel. "
        "Please ask those who look after the server to allow me *Attach Files*, or ask somewhere else."
    )


def no_thread() -> Shown:
    """No thread could be opened."""
    return notice("I cannot open a thread here: I may not, or there is one already.")


def no_thread_for_you() -> Shown:
    """The person may not open threads, so none is opened for them."""
    return notice("You may not open threads in this channel, so I do not open one for you.")


def only_you(shown: Shown) -> Shown:
    """The same message with the reason why nobody else sees it."""
    note = Part("-# Only you see this, as you may not write in this channel.")
    return Shown((*shown.parts, note), shown.colour, shown.options, shown.rows, shown.attachments)


def shared_by(name: str) -> str:
    """The line below an answer that somebody shared."""
    return f"-# Shared by {clipped(name, 100)}"
