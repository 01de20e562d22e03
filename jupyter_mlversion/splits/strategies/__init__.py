"""The ways to deal rows out to parts and folds."""
