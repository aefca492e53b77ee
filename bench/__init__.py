"""Figures as ratios to a yardstick of the same run; `python -m bench` prints them."""
