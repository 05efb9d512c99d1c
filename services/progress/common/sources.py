"""The services that progress reads."""

SOURCES = ("assessment", "projects", "energy")
"""The services whose domain streams make the read-model."""
TALLIED = ("assessment", "projects")
"""The sources whose events tallies depend on (targets and marks): no rule counts events of energy."""
