"""One chain a module: parameters only."""
