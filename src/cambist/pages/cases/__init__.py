"""Decide what customers see and answer of their orders: status pages, forms of cases."""

from cambist.pages.cases.app import PREFIX, case_app
from cambist.pages.cases.services import CaseServices, VisitQueries

__all__ = ["PREFIX", "CaseServices", "VisitQueries", "case_app"]
