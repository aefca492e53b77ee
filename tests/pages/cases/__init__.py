"""Tests of the pages about orders to buy and sell."""
