"""The energy service of the component tests: operations as the gateway calls them, a store as the worker writes."""

from tests.component.energy.conftest import bare_service, service

__all__ = ["bare_service", "service"]
