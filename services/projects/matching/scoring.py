"""How well a need and an offer fit: stated criteria with weights, each explained in words.

Shares run from 0 (no fit) to 1 (full fit). A criterion that a side leaves open counts with the meeting point's
`unknown` share: missing is neither a fit nor a misfit. Excluded pairs are not scored but never introduced.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.projects.matching.listings.facts import Side, Terms

Covers = Callable[[str, str], bool]
"""Whether the first region is the second or lies above it."""


class Criterion(StrEnum):
    """What a pair is judged by."""

    WORDS = "words"
    INDUSTRY = "industry"
    REGION = "region"
    AMOUNT = "amount"
    TIMING = "timing"


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a meeting point at a time (评分权重); they needn't add up to 1.

    `unknown`: the share of a criterion that one side leaves open. `half_words`: the BM25 score of the common
    words that counts as a share of one half.
    """

    weight: Mapping[Criterion, Decimal]
    unknown: Decimal
    half_words: Decimal
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listing as scoring sees it. `region`: the region that keeps it; for a need also where it is wanted."""

    listing: str
    side: Side
    region: str
    party: str
    terms: Terms
    revision: int


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that the two texts have in common: their strength (BM25), and the longest phrases."""

    strength: float
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion's part in a score. `share` None: nothing is said of it."""

    criterion: Criterion
    share: Decimal | None
    weight: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """The weighted mean of the shares, 0 to 1 with three decimals, and what it is made of."""

    total: Decimal
    reasons: tuple[Reason, ...]


_THOUSANDTH = Decimal("0.001")
_INDUSTRY_SHARE = {4: Decimal(1), 3: Decimal("0.8"), 2: Decimal("0.6")}
"""By the digits of GB/T 4754 that agree: class 小类, group 中类, division 大类."""


def score(need: Candidate, offer: Candidate, wording: Wording, weights: Weights, covers: Covers) -> Score:
    """The score of a pair that nothing excludes."""
    reasons = []
    for criterion, weight in weights.weight.items():
        if not weight:
            continue
        share, words = _JUDGE[criterion](need, offer, wording, weights, covers)
        if share is not None:
            share = share.quantize(_THOUSANDTH)
        reasons.append(Reason(criterion, share, weight, words))
    whole = sum((reason.weight for reason in reasons), Decimal(0))
    reached = sum(
        (reason.weight * (weights.unknown if reason.share is None else reason.share) for reason in reasons),
        Decimal(0),
    )
    total = reached / whole if whole else Decimal(0)
    return Score(total.quantize(_THOUSANDTH), tuple(reasons))


def exclusions(need: Candidate, offer: Candidate, covers: Covers) -> Sequence[str]:
    """Why the pair must not be introduced, in words; empty: nothing excludes it."""
    found = []
    if need.party == offer.party:
        found.append(f"both are of {need.party}")
    for one, other in ((need, offer), (offer, need)):
        if other.party in one.terms.excluded_parties:
            found.append(f"{one.listing} excludes {other.party}")
        found += [
            f"{one.listing} excludes the industry {code}"
            for code in one.terms.excluded_industries
            if any(industry.startswith(code) for industry in other.terms.industries)
        ]
    found += [
        f"{offer.listing} excludes the region {region}"
        for region in offer.terms.excluded_regions
        if covers(region, need.region)
    ]
    found += [
        f"{need.listing} excludes the region {region}"
        for region in need.terms.excluded_regions
        if covers(region, offer.region)
    ]
    if offer.terms.valid_to is not None and offer.terms.valid_to < need.terms.valid_from:
        found.append(f"{offer.listing} ends on {offer.terms.valid_to}, before {need.listing} begins")
    if need.terms.valid_to is not None and need.terms.valid_to < offer.terms.valid_from:
        found.append(f"{need.listing} ends on {need.terms.valid_to}, before {offer.listing} begins")
    return found


Judged = tuple[Decimal | None, str]


def _words(_n: Candidate, _o: Candidate, wording: Wording, weights: Weights, _c: Covers) -> Judged:
    if wording.strength <= 0:
        return Decimal(0), "no telling words in common"
    strength = Decimal(str(wording.strength))
    said = "、".join(wording.phrases) or "single characters only"
    return strength / (strength + weights.half_words), f"words in common: {said}"


def _industry(need: Candidate, offer: Candidate, _w: Wording, _ws: Weights, _c: Covers) -> Judged:
    ours, theirs = need.terms.industries, offer.terms.industries
    if not ours or not theirs:
        return None, "industry not said on both sides"
    best, one, other = max((_agreeing(a, b), a, b) for a in ours for b in theirs)
    if best < 2:
        return Decimal(0), f"other industries: {', '.join(ours)} and {', '.join(theirs)}"
    return _INDUSTRY_SHARE[min(best, 4)], f"industries {one} and {other} agree in {best} digits"


def _agreeing(one: str, other: str) -> int:
    """How many leading digits of two codes agree, up to the length of the shorter one."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _region(need: Candidate, offer: Candidate, _w: Wording, _ws: Weights, covers: Covers) -> Judged:
    offered = offer.terms.regions
    if not offered:
        return Decimal(1), "offered everywhere"
    wanted = need.terms.regions or (need.region,)
    for region in wanted:
        if any(covers(each, region) for each in offered):
            return Decimal(1), f"offered in {region}"
        if any(covers(region, each) for each in offered):
            return Decimal("0.5"), f"offered in a part of {region}"
    return Decimal(0), f"offered in {', '.join(offered)}, wanted in {', '.join(wanted)}"


def _amount(need: Candidate, offer: Candidate, _w: Wording, _ws: Weights, _c: Covers) -> Judged:
    if not _says_amount(need.terms) or not _says_amount(offer.terms):
        return None, "amount not said on both sides"
    gap = _gap(need.terms, offer.terms)
    if gap is None:
        return Decimal(1), f"the amounts fit: {_range(need.terms)} and {_range(offer.terms)}"
    return gap, f"the amounts don't meet: {_range(need.terms)} and {_range(offer.terms)}"


def _says_amount(terms: Terms) -> bool:
    return terms.amount_min is not None or terms.amount_max is not None


def _gap(one: Terms, other: Terms) -> Decimal | None:
    """None if the ranges overlap; else the ratio of their nearer ends, 0 to 1."""
    for low, high in ((one.amount_min, other.amount_max), (other.amount_min, one.amount_max)):
        if low is not None and high is not None and high < low:
            return high / low
    return None


def _range(terms: Terms) -> str:
    low, high = terms.amount_min, terms.amount_max
    if low == high and low is not None:
        return f"{low:,.0f} yuan"
    if low is None:
        return f"up to {high:,.0f} yuan"
    return f"from {low:,.0f} yuan" if high is None else f"{low:,.0f} to {high:,.0f} yuan"


def _timing(need: Candidate, offer: Candidate, _w: Wording, _ws: Weights, _c: Covers) -> Judged:
    if offer.terms.valid_from <= need.terms.valid_from:
        return Decimal(1), "available when it is needed"
    return Decimal("0.5"), f"available from {offer.terms.valid_from}, needed from {need.terms.valid_from}"


_JUDGE: Mapping[Criterion, Callable[[Candidate, Candidate, Wording, Weights, Covers], Judged]] = {
    Criterion.WORDS: _words,
    Criterion.INDUSTRY: _industry,
    Criterion.REGION: _region,
    Criterion.AMOUNT: _amount,
    Criterion.TIMING: _timing,
}
