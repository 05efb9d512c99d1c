"""The title of a spreadsheet's column, normalised for comparison: blanks, brackets and full-width signs make no
difference."""

import re
import unicodedata

_UNIT = re.compile(r"^(?P<name>.+?)[(\[](?P<unit>[^()\[\]]*)[)\]]$")
_MARKS = str.maketrans({"*": None, "【": "[", "】": "]", "〔": "[", "〕": "]"})


def parted(title: str) -> tuple[str, str | None]:
    """A title's name and the unit in brackets behind it, None without brackets: 总投资 （万元）* is 总投资 and 万元.

    Full-width signs are narrow ones; blanks, line breaks and the * of a needed column don't count.
    """
    plain = "".join(unicodedata.normalize("NFKC", title).translate(_MARKS).split())
    found = _UNIT.match(plain)
    return (found["name"], found["unit"]) if found else (plain, None)
