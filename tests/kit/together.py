"""Which tests stay in one process when two share the run: those that share a system, else those of one file."""

from xdist.scheduler import LoadScopeScheduling

_TOGETHER = (
    ("tests/faults/test_cluster.py", "the system on three nodes"),
    ("tests/faults/", "the system for faults"),
    ("tests/component/gateway/test_fuzz.py", "a system for rubbish"),
    ("tests/component/gateway/", "the system"),
    ("tests/fieldcases/requests/", "the system"),
    ("tests/e2e/test_demo.py", "the demo"),
    ("tests/e2e/test_import.py", "imports"),
    ("tests/e2e/test_stories.py", "the demo's stories"),
    ("tests/e2e/", "the system"),
    ("tests/integration/identity/test_running_system.py", "the system"),
    ("tests/integration/operator/", "the system"),
)
"""By the beginning of the path, the first that fits. What is missing here starts a system once more, nothing worse."""


class Together(LoadScopeScheduling):
    """Hands out groups in the order in which they were collected, each to whichever process has time."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((group for beginning, group in _TOGETHER if file.startswith(beginning)), file)
