"""How two states differ, and whether they count as the same."""
