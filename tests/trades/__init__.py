"""Tests of buying and selling, from the order to the money."""
