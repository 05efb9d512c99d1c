"""Rebuilds the inline tables from the log: `python -m services.assessment.rebuild`, `shengji rebuild assessment`."""

from services.assessment.service import rebuild
from shared import inline_rebuild

if __name__ == "__main__":
    inline_rebuild.main(rebuild)
