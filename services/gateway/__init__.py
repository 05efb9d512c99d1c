"""The one door for portals: identity, scope, contract, live stream."""
