"""Pure decisions, one slice a folder; slices never import each other."""
