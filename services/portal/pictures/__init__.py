"""Pictures: SVG made by pure functions. Presentation attributes only, since a strict policy lets no inline style in."""
