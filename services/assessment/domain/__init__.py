"""Pure decisions and facts: standard library only."""
