"""A self-hosted crypto brokerage and payments platform."""
