"""Subsidies (贴息、补助): a project's application to a fund (申报), from request to payment (TR-19 to TR-21)."""
