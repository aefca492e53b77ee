"""Decide how partners are told: what is signed, when it is sent again, when it is given up."""
