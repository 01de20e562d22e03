"""How domain objects become bytes, and come back."""
