"""What the services can compute with: a plan that says anything else would be loaded and then mean nothing.

These are the services' own lists, written down for a check that needs no running system; `tests/contracts` compares
them with the services.
"""

TARGET_UNITS = frozenset(
    {"CNY", "CNY_1e4", "CNY_1e8", "CNY_1e12", "tce", "tce_1e4", "kgce", "tce_per_CNY_1e4", "percent", "count"}
)
"""Units of targets that are measured."""
CARRIER_UNITS = frozenset({"kWh", "kg", "t", "m3", "MJ"})
"""Units of coefficients of standard coal."""
STAGES = frozenset(
    {
        "planned",
        "pre_reported",
        "pre_reviewed",
        "negotiating",
        "intent_signed",
        "agreement_signed",
        "contract_signed",
        "filed",
        "approved",
        "started",
        "partly_producing",
        "producing",
        "accepted",
        "tracking_ended",
        "suspended",
        "resumed",
        "terminated",
        "formally_ended",
    }
)
"""Stages of projects (阶段)."""
AIDS = frozenset({"interest_subsidy", "grant", "award"})
"""How a fund gives money."""
MONEY_BASES = frozenset({"bank_loan", "equipment_investment", "fixed_investment"})
BASES = MONEY_BASES | {"energy_saving"}
"""What a fund's rate applies to."""
