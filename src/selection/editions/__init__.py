"""A call after its selection: the outcome after every round, its programme, and who the applicants are."""

from selection.editions.edition import DESK, Edition
from selection.editions.people import Person

__all__ = ["DESK", "Edition", "Person"]
