"""Which day of which key user counts as online (EN-14, G-10)."""
