"""Decide what a payer sees of an order: the pay page, the widget, live updates."""

from cambist.pages.pay.app import PREFIXES, pay_app

__all__ = ["PREFIXES", "pay_app"]
