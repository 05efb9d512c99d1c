"""The balance of a fund: the appropriation, and how much of it is reserved, committed and paid."""

from dataclasses import dataclass
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """How a fund stands, CNY (yuan)."""

    appropriated: Decimal
    reserved: Decimal = _ZERO
    committed: Decimal = _ZERO
    paid: Decimal = _ZERO

    @property
    def available(self) -> Decimal:
        """What may still be reserved."""
        return self.appropriated - self.held

    @property
    def held(self) -> Decimal:
        """What is not available any more."""
        return self.reserved + self.committed + self.paid
