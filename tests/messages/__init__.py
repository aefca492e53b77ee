"""Tests of messages to people and of one-time codes."""
