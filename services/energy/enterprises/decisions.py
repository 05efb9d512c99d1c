"""Registers an enterprise, changes it from a day on, and keeps its identifiers of the outside apart from others'."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from services.energy.common.refusal import Refused, taken, unknown
from services.energy.common.regions import Region
from services.energy.common.values import Day, EnterpriseId, FirstDay, Line, Reason, RegionCode, ShortText
from services.energy.enterprises.facts import (
    INITIAL,
    EnterpriseChanged,
    EnterpriseEvent,
    EnterpriseRegistered,
    EnterpriseState,
    ExternalId,
    ExternalIdAssigned,
    Registered,
    Unregistered,
    evolve,
)
from services.energy.enterprises.identifiers import Scheme, check
from shared.command import Given, command, decider
from shared.values import Many, Says, Text

_INDUSTRY = re.compile(r"(0[1-9]|[1-8]\d|9[0-6])\d{0,2}")
_SITED_LEVELS = frozenset({"prefecture", "county", "zone"})

Industry = Annotated[
    str,
    Text(
        min_length=2,
        max_length=4,
        description="GB/T 4754-2011 code: division, group or class, without the section's letter",
        example="3011",
    ),
]
Identifier = Annotated[Line, Text(min_length=9, max_length=24)]


@command()
class ExternalIdIn:
    """An identifier that somebody else gives, with the days it holds (X-25)."""

    scheme: Annotated[
        Scheme,
        Says(description="org_code 组织机构代码 (9 characters), uscc 统一社会信用代码 (from 2015-10-01)"),
    ]
    value: Annotated[Identifier, Says(example="10000001-X")]
    valid_from: Day
    valid_to: Annotated[Day | None, Says(description="last day; none: still")] = None


@command(
    example={
        "enterprise": "E-0042",
        "name": "示例水泥有限公司",
        "region": "350881",
        "industry": "3011",
        "external_ids": [{"scheme": "org_code", "value": "DEMO00024", "valid_from": "2001-05-01"}],
        "valid_from": "2013-01-01",
    }
)
class RegisterEnterprise:
    """An enterprise whose energy is measured."""

    enterprise: Annotated[
        EnterpriseId | None, Says(description="internal id; without it one is made", example="E-0042")
    ] = None
    name: ShortText
    region: RegionCode
    industry: Industry
    external_ids: Annotated[tuple[ExternalIdIn, ...], Many(max_length=20)] = ()
    valid_from: FirstDay = None


@command(
    example={
        "enterprise": "E-0042",
        "region": "350802",
        "valid_from": "2013-04-01",
        "reason": "moved to the new works",
    }
)
class ChangeEnterprise:
    """What changes, from a day on. What is left out stays."""

    enterprise: EnterpriseId
    name: ShortText | None = None
    region: RegionCode | None = None
    industry: Industry | None = None
    valid_from: FirstDay = None
    reason: Reason


@command(
    example={
        "enterprise": "E-0042",
        "scheme": "uscc",
        "value": "91350100MA0000001P",
        "valid_from": "2015-10-01",
    }
)
class AssignExternalId:
    """A further identifier of the outside."""

    enterprise: EnterpriseId
    scheme: Scheme
    value: Identifier
    valid_from: FirstDay = None


EnterpriseCommand = RegisterEnterprise | ChangeEnterprise | AssignExternalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering(Given):
    """`region`: what the command's code of a region stands for; None: the plan knows no such code, or none is named.

    `taken`: those of its identifiers that are some enterprise's already, in their normal form.
    """

    region: Region | None = None
    taken: frozenset[tuple[Scheme, str]] = frozenset()


def decide(
    command: EnterpriseCommand, state: EnterpriseState, given: Registering
) -> Sequence[EnterpriseEvent]:
    """What happens. Raises Refused, which names the field at fault."""
    match command, state:
        case RegisterEnterprise(), Unregistered():
            return [_free(_registered(command, given), given)]
        case RegisterEnterprise(enterprise=enterprise), Registered():
            if state == evolve(INITIAL, _registered(command, given)):
                return []
            raise taken("enterprise", str(enterprise), f"Enterprise {enterprise!r} is registered already.")
        case ChangeEnterprise(), Registered():
            return _change(command, state, given)
        case AssignExternalId(), Registered():
            return _assign(command, state, given)
        case ChangeEnterprise() | AssignExternalId(), Unregistered():
            raise unknown("enterprise", command.enterprise)
        case _:
            raise AssertionError(f"no rule for {type(command).__name__} on {type(state).__name__}")


ENTERPRISE = decider(INITIAL, decide, evolve)


def _registered(command: RegisterEnterprise, given: Registering) -> EnterpriseRegistered:
    if command.enterprise is None:
        raise TypeError("an enterprise without an id: one is made of the call")
    codes = tuple(
        ExternalId(
            scheme=one.scheme,
            value=check(one.scheme, one.value, one.valid_from),
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in command.external_ids
    )
    _one_at_a_time(codes)
    on = command.valid_from or given.today
    return EnterpriseRegistered(
        enterprise=command.enterprise,
        name=_name(command.name),
        region=_site(command.region, given.region, on),
        industry=_industry(command.industry),
        external_ids=codes,
        valid_from=on,
    )


def _free(event: EnterpriseRegistered, given: Registering) -> EnterpriseRegistered:
    seen = set(given.taken)
    for code in event.external_ids:
        _not_taken(code.scheme, code.value, seen)
        seen.add((code.scheme, code.value))
    return event


def _not_taken(
    scheme: Scheme, value: str, among: set[tuple[Scheme, str]] | frozenset[tuple[Scheme, str]]
) -> None:
    if (scheme, value) in among:
        raise taken(scheme, value, f"{scheme} {value} belongs to another registration.")


def _change(command: ChangeEnterprise, state: Registered, given: Registering) -> Sequence[EnterpriseEvent]:
    on = command.valid_from or given.today
    if on < state.valid_from:
        raise Refused(
            "change-before-last",
            f"What is known holds from {state.valid_from}; a change from {on} would be older.",
            remedy=f"Give a valid_from of {state.valid_from} or later.",
            where="valid_from",
        )
    changed = EnterpriseChanged(
        enterprise=state.enterprise,
        name=state.name if command.name is None else _name(command.name),
        region=state.region if command.region is None else _site(command.region, given.region, on),
        industry=state.industry if command.industry is None else _industry(command.industry),
        valid_from=on,
        previous_region=state.region,
        reason=command.reason,
    )
    same = (changed.name, changed.region, changed.industry) == (state.name, state.region, state.industry)
    return [] if same else [changed]


def _assign(command: AssignExternalId, state: Registered, given: Registering) -> Sequence[EnterpriseEvent]:
    on = command.valid_from or given.today
    value = check(command.scheme, command.value, on)
    held = [known for known in state.external_ids if known.scheme == command.scheme]
    if any(known.value == value and known.valid_to is None for known in held):
        return []
    current = next((known for known in held if known.valid_to is None), None)
    if current is not None and on <= current.valid_from:
        raise Refused(
            "external-id-before-last",
            f"{current.scheme} {current.value} holds from {current.valid_from}.",
            remedy="Give a later valid_from.",
            where="valid_from",
        )
    _not_taken(command.scheme, value, given.taken)
    return [
        ExternalIdAssigned(
            enterprise=state.enterprise,
            scheme=command.scheme,
            value=value,
            valid_from=on,
            replaces=None if current is None else current.value,
        )
    ]


def _one_at_a_time(codes: tuple[ExternalId, ...]) -> None:
    for i, code in enumerate(codes):
        if code.valid_to is not None and code.valid_to < code.valid_from:
            raise Refused(
                "validity-reversed",
                f"{code.scheme} {code.value} would end on {code.valid_to}, before {code.valid_from}.",
                where="external_ids",
            )
        for other in codes[i + 1 :]:
            if code.scheme == other.scheme and _overlap(code, other):
                raise Refused(
                    "external-ids-overlap",
                    f"Two {code.scheme} hold at once: {code.value} and {other.value}.",
                    remedy="Give the earlier one a valid_to.",
                    where="external_ids",
                )


def _overlap(one: ExternalId, other: ExternalId) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _name(name: str) -> str:
    if not (stripped := name.strip()):
        raise Refused("no-name", "The enterprise has no name.", where="name")
    return stripped


def _industry(code: str) -> str:
    if not _INDUSTRY.fullmatch(code):
        raise Refused(
            "malformed-industry",
            f"{code!r} is no GB/T 4754-2011 code: 2 to 4 digits, divisions 01 to 96.",
            remedy="Give the division (31), group (311) or class (3110), without the letter of the section.",
            where="industry",
        )
    return code


def _site(code: str, region: Region | None, on: date) -> str:
    if region is None:
        raise Refused(
            "unknown-region",
            f"No loaded plan has a region {code!r}.",
            remedy="Give a code of GB/T 2260 that the plan lists, or load the plan first.",
            where="region",
        )
    if region.level not in _SITED_LEVELS or not region.administered:
        why = "isn't administered here" if not region.administered else f"is a {region.level}"
        raise Refused(
            "region-cannot-hold-enterprise",
            f"{region.code} {region.name} {why}: an enterprise lies in a city, county or zone.",
            where="region",
        )
    if not region.holds(on):
        raise Refused(
            "region-not-valid",
            f"{region.code} {region.name} is valid from {region.valid_from} to {region.valid_to}, "
            f"not on {on}.",
            remedy="Give the code that held on that day.",
            where="region",
        )
    return region.code
