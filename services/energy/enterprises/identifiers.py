"""Identifiers that the outside gives an enterprise, and their check digits.

In 2013 an enterprise has a 9-character 组织机构代码 (GB 11714-1997); the 18-character 统一社会信用代码
(GB 32100-2015) exists only from 2015-10-01 (X-25). A wrong digit in a code joins two enterprises' figures,
so both check digits are verified.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from services.energy.common.refusal import Refused

USCC_SINCE = date(2015, 10, 1)
"""First day of the unified social credit code (X-25). A fact of the code itself, not a policy."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_USCC_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(3**i % 31 for i in range(17))
_ORG_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_USCC_SHAPE = re.compile(rf"[{_USCC_DIGITS}]{{18}}")


class Scheme(StrEnum):
    """Who numbers: org_code 组织机构代码, uscc 统一社会信用代码."""

    ORG_CODE = "org_code"
    USCC = "uscc"


def in_normal_form(value: str) -> str:
    """A code in capitals, without a hyphen: as it is kept."""
    return value.strip().upper().replace("-", "")


def check(scheme: Scheme, value: str, valid_from: date) -> str:
    """The code in its normal form (capitals, no hyphen). Raises Refused for a code that cannot be one.

    A uscc that claims to be valid before 2015-10-01 is refused: none existed (X-25).
    """
    normal = in_normal_form(value)
    match scheme:
        case Scheme.ORG_CODE:
            _verify("org_code", normal, _ORG_SHAPE, "9 characters", organisation_check_digit)
        case Scheme.USCC:
            if valid_from < USCC_SINCE:
                raise Refused(
                    "no-such-scheme-then",
                    f"The 统一社会信用代码 exists from {USCC_SINCE}; {valid_from} is before it.",
                    remedy="Give the 组织机构代码 (org_code) for the time before, or a later valid_from.",
                    where="external_id.valid_from",
                )
            _verify("uscc", normal, _USCC_SHAPE, "18 characters", credit_check_digit)
    return normal


def organisation_check_digit(base: str) -> str:
    """The 9th character of an 组织机构代码 whose first eight are `base` (GB 11714-1997, modulus 11)."""
    remainder = sum(w * _DIGITS.index(c) for w, c in zip(_ORG_WEIGHTS, base, strict=True)) % 11
    return {10: "X", 11: "0"}.get(11 - remainder, str(11 - remainder))


def credit_check_digit(base: str) -> str:
    """The 18th character of a 统一社会信用代码 whose first seventeen are `base` (GB 32100-2015, modulus 31)."""
    total = sum(w * _USCC_DIGITS.index(c) for w, c in zip(_USCC_WEIGHTS, base, strict=True))
    return _USCC_DIGITS[(31 - total % 31) % 31]


def _verify(
    scheme: str, value: str, shape: re.Pattern[str], length: str, digit: Callable[[str], str]
) -> None:
    if not shape.fullmatch(value):
        raise Refused(
            "malformed-external-id",
            f"{value!r} is no {scheme}: it has {length}, capitals and digits.",
            remedy="Copy the code from the certificate.",
            where="external_id.value",
        )
    expected = digit(value[:-1])
    if value[-1] != expected:
        raise Refused(
            "wrong-check-digit",
            f"{scheme} {value!r} ends in {value[-1]!r}; its check digit would be {expected!r}.",
            remedy="Copy the code from the certificate: one character is wrong.",
            where="external_id.value",
        )
