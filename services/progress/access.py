"""Who sees what. Every query narrows its answer by this; the gateway's own check comes before it (ADR 0062).

Figures of the province and of cities are published bulletins (通报): province, cities and counties see all of
them, so that a rank can be checked. County figures are seen by the county, its city and the province.
What enterprises did, and the events behind a figure, are seen only within one's own area. An enterprise sees
its own city's figures and the events about itself.
"""

from dataclasses import dataclass

from shared.areas import AreaTree
from shared.identity import Actor
from shared.problems import forbidden

EVERYONE = ("province", "city", "county", "enterprise", "ops")
"""The roles that may put a question; what they see of the answer is narrowed."""
EVERYTHING = frozenset({"province", "ops", "system"})
_PUBLISHED = frozenset({"province", "prefecture"})


@dataclass(frozen=True, slots=True)
class Scope:
    """One actor's view. `area` is None for those who see everything."""

    areas: AreaTree
    everything: bool
    area: str | None = None
    city: str | None = None
    enterprise: str | None = None

    def sees_figure(self, region: str, level: str) -> bool:
        if self.everything:
            return True
        if self.enterprise is not None:
            return region == self.city
        return level in _PUBLISHED or self._in_area(region)

    def sees_detail(self, region: str, subject: str | None = None) -> bool:
        """Whether events about `region` (and the enterprise `subject`) may be shown."""
        if self.everything:
            return True
        if self.enterprise is not None:
            return subject == self.enterprise
        return self._in_area(region)

    def detail_regions(self, region: str) -> list[str]:
        """The codes under `region` whose events may be shown. For an enterprise: all, narrowed by subject."""
        covered = self.areas.covered_by(region) or [region]
        if self.everything or self.enterprise is not None:
            return covered
        return [code for code in covered if self._in_area(code)]

    def _in_area(self, region: str) -> bool:
        return self.area is not None and (region == self.area or self.areas.covers(self.area, region))


def scope_of(actor: Actor, areas: AreaTree, enterprise_region: str | None = None) -> Scope:
    """The scope of an actor. `enterprise_region`: where the actor's enterprise is registered, if it is.

    Raises Problem 403 for a role that has no business here, or one without the area it must name.
    """
    if actor.role in EVERYTHING:
        return Scope(areas, everything=True)
    if actor.role in ("city", "county"):
        if actor.area is None:
            raise forbidden(f"A token of role {actor.role!r} must name its area.")
        return Scope(areas, everything=False, area=actor.area)
    if actor.role == "enterprise":
        if actor.organisation is None:
            raise forbidden("A token of role 'enterprise' must name its enterprise.")
        home = enterprise_region or actor.area
        return Scope(areas, False, home, city_of(areas, home), actor.organisation)
    raise forbidden(f"Role {actor.role!r} may not read progress.")


def city_of(areas: AreaTree, region: str | None) -> str | None:
    """The prefecture-level city that covers a region, by any relation (Pingtan: Fuzhou, X-19)."""
    if region is None:
        return None
    cities = (area.code for area in areas.all() if area.level == "prefecture")
    return next((code for code in sorted(cities) if areas.covers(code, region)), None)
