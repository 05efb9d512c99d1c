"""Words for the same thing (同义词), read once from thesaurus.csv beside this module.

The inline tables hold texts in canonical words, so a change of the thesaurus needs a rebuild (docs/adr/0150).
"""

import csv
from functools import cache
from importlib import resources
from io import StringIO

from services.projects.matching.words import Thesaurus


@cache
def thesaurus() -> Thesaurus:
    """The thesaurus by which needs and offers are read."""
    raw = resources.files("services.projects.matching").joinpath("thesaurus.csv").read_text("utf-8")
    rows = csv.DictReader(StringIO(raw))
    return Thesaurus({row["term"].lower(): row["canonical"].lower() for row in rows})
