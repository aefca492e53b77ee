"""Hand short messages over: to a gateway, or to the sandbox's mailbox."""
