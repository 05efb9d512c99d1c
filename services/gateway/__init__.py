"""The public HTTP API for portals: authentication, region scope, request contracts, live stream."""
