"""Rebuilds the inline tables from the log: `python -m services.projects.rebuild`, `shengji rebuild projects`."""

from services.projects.service import rebuild
from shared import inline_rebuild

if __name__ == "__main__":
    inline_rebuild.main(rebuild)
