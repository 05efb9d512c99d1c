"""Rebuilds the inline tables from the log: `python -m services.energy.rebuild`, `shengji rebuild energy`."""

from services.energy.service import rebuild
from shared import inline_rebuild

if __name__ == "__main__":
    inline_rebuild.main(rebuild)
