"""Help: what the pages show, how figures are made, what the words mean."""

from services.portal.ask import Ask
from services.portal.figures import Column, Figure, Page, Table
from services.portal.pages import PageRoute

_TOPICS = ("figures", "lights", "past", "downloads", "evidence", "missing", "energy", "keyboard")
_TERMS = (
    "schedule",
    "gap",
    "completion",
    "equal",
    "equivalent",
    "key_user",
    "quarantine",
    "as_of",
    "provisional",
)


async def guide(ask: Ask) -> Page:
    """The method in short, and the terms."""
    w = ask.words
    topics = Table(
        (Column("topic", w("guide.topic")), Column("text", w("guide.text"))),
        [(w(f"guide.{topic}"), w(f"guide.{topic}.text")) for topic in _TOPICS],
    )
    terms = Table(
        (Column("term", w("guide.term")), Column("meaning", w("guide.meaning"))),
        [(w(f"term.{term}"), w(f"term.{term}.text")) for term in _TERMS],
    )
    return Page(
        title=w("guide.title"),
        menu="",
        figures=[
            Figure("method", w("guide.method"), table=topics, wide=True),
            Figure("terms", w("guide.terms"), table=terms, wide=True),
        ],
    )


PAGES = [PageRoute("/help", guide)]
