"""Use cases: one verb a file, `async (command, uow, now) -> result`."""
