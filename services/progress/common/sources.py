"""The services that progress reads."""

SOURCES = ("assessment", "projects", "energy")
"""The services whose domain streams make the read-model."""
TALLIED = ("assessment", "projects")
"""Of these the sources whose events tallies depend on: targets and marks. What energy says is counted by no rule."""
