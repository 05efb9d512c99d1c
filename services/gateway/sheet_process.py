"""The process that reads one spreadsheet and ends: `python -m services.gateway.sheet_process LIMITS TITLES`.

It reads the file from standard input and writes to standard output one line of JSON about the sheet, then the rows in
parts that fit into a message, one part a line. If the file can't be read, the first line says so. Its environment has
none of the gateway's secrets, and the kernel kills it when it uses more memory or time than one file may.
"""

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

PART_BYTES, PART_ROWS = 250_000, 500


def main() -> None:
    """Reads the spreadsheet on standard input."""
    memory, seconds, output = (int(each) for each in sys.argv[1].split(","))
    _limit(memory, seconds, output)
    # openpyxl imports numpy if installed, and numpy's threads need more memory than the limit allows.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # half a surrogate pair
    from services.gateway.sheet_lines import NotRead, too_large
    from services.gateway.sheets import read
    from shared.language import Said

    try:
        try:
            sheet = read(sys.stdin.buffer, frozenset(json.loads(sys.argv[2])))
        except MemoryError:
            raise too_large(
                Said("Reading it takes more memory than one file may.", "读取所需内存超出单个文件的限制。")
            ) from None
        head = {
            "sheet": sheet.name[:200],
            "heading_row": sheet.heading_row,
            "heading": sheet.heading,
            "rows": len(sheet.rows),
            "left_out": [note.to_dict() for note in sheet.left_out][:100],
        }
    except NotRead as error:
        raw = {"status": error.status, "code": error.code, "why": error.why, "remedy": error.remedy}
        _say(sys.stdout, {"not_read": raw})
        return
    _say(sys.stdout, head)
    part: list[str] = []
    size = 0
    for row in sheet.rows:
        text = json.dumps(
            {"row": row.row, "cells": row.cells, "faults": row.faults, "merged": row.merged},
            ensure_ascii=False,
        )
        length = len(text.encode("utf-8", "replace"))
        if part and (size + length > PART_BYTES or len(part) == PART_ROWS):
            print(f"[{','.join(part)}]")
            part, size = [], 0
        part.append(text)
        size += length
    if part:
        print(f"[{','.join(part)}]")


def _limit(memory: int, seconds: int, output: int) -> None:
    """Limits this process: bytes of address space, CPU seconds, bytes of output; the OOM killer takes it first."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _say(out: IO[str], what: dict[str, Any]) -> None:
    print(json.dumps(what, ensure_ascii=False), file=out)


if __name__ == "__main__":
    main()
