"""Words every slice shares: money, rates, ids, errors, state machines, events."""
