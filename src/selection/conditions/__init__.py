"""`where` tables as data: three-valued (yes, no, missing), closed vocabulary, nothing evaluated but comparisons.

A condition is read once from a table and answers `True`, `False` or `None` for a row. `None` says that a field it needs
is missing, or holds what cannot be read as the kind of thing it is compared with ("about five" with a number): neither
ever silently means no. `any`, `all` and `not` follow Kleene's strong three-valued logic: `any` is yes as soon as one
part is yes. Days are days in UTC.
"""

from selection.conditions.comparing import LARGEST, Truth, comparable, number, plain, same
from selection.conditions.parsing import DEEPEST, check_word, misspelt, parse
from selection.conditions.relations import Group, Relation, relation
from selection.conditions.terms import AllOf, AnyOf, Between, Condition, Missing, Not, OneOf, fields, held

__all__ = [
    "DEEPEST",
    "LARGEST",
    "AllOf",
    "AnyOf",
    "Between",
    "Condition",
    "Group",
    "Missing",
    "Not",
    "OneOf",
    "Relation",
    "Truth",
    "check_word",
    "comparable",
    "fields",
    "held",
    "misspelt",
    "number",
    "parse",
    "plain",
    "relation",
    "same",
]
