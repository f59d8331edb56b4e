"""What an engine must do: a few questions about a table that never leaves it, and one table back.

Whoever brings another engine writes these two classes (for SQL, `relational` has nearly all of it). Small tables go to
the engine as `pyarrow.Table` and come back as `Cells`. Every row has an `id`, the `key` of its profile (a text that
two rows share only if all fields the policy reads are the same), and `order_0`, `order_1`, ...: whole numbers by which
rows of one level stand, lowest first, before their tickets and ids.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

#: Columns by name, each a list or a numpy array.
Cells = Mapping[str, Any]

#: What a column holds, as far as an engine needs to tell.
Sort = Literal["text", "whole", "time", "other"]

#: Stands last in every order: the place of a missing value.
LAST: Final = 2**62

#: Tickets are spread over buckets by their first three hexadecimal digits.
STARTS: Final = 16**3

#: What `str.strip` takes for white space, and what an exporter's mask begins with: ids with either are not read here.
SPACES: Final = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_PLAIN: Final = rf"^[{SPACES}]|[{SPACES}]$|^'[=+@|%\t\r-]"

#: The states of an id.
PLAIN, NO_ID, ODD_ID = range(3)

#: A cell: all rows of one signature at one place of the order.
CELL: Final = ("lot", "level", "bucket")

#: So many distinct profiles are weighed on the driver at most.
MOST_PROFILES: Final = 3_000_000


@dataclass(frozen=True)
class Order:
    """A column of times or whole numbers that breaks ties where it stands: its values are never collected."""

    place: int
    heading: str
    sort: Sort
    highest: bool


@dataclass(frozen=True)
class Reading:
    """What is read of the table: the id, the fields that make a profile, the tie-breaks, the address, the seed."""

    id: str
    profile: tuple[str, ...]
    orders: tuple[Order, ...] = ()
    email: str | None = None
    seed: str | None = None


@dataclass(frozen=True)
class Grid:
    """How levels with very many rows are cut into buckets: by `start` of the ticket, or by an order."""

    column: str = "start"
    low: int = 0
    width: int = 1

    @property
    def by_ticket(self) -> bool:
        """Whether tickets are needed to tell buckets."""
        return self.column == "start"


@dataclass(frozen=True)
class Upto:
    """A place in the order: everybody up to it."""

    level: int
    orders: tuple[int, ...]
    ticket: str


@dataclass(frozen=True, eq=False)
class Decisions:
    """Everything an engine needs to write each row's decision, in tables of whole numbers but for keys, ids and words.

    `by_key` (key, level, lot or -1, split, orders of profiles, tier, score, status and reason of who is not ranked);
    `by_cell` (lot, level, bucket; `said` about all its rows but those of `by_id`; how many stand before its level and
    bucket, `offset`, and how many of these without a seat, `waiting`); `by_id` (id, said) of fetched rows whose cell is
    not of one mind; `words` (said, now, block, seat, because), the first `seated` of them for rows with a seat;
    `others` rows decided already (duplicates); `pinned` ids that are ranked whatever their profile; `grid` how buckets
    are cut; `places` the length of the waiting list.
    """

    by_key: Any
    by_cell: Any
    by_id: Any
    words: Any
    seated: int
    others: Any
    pinned: tuple[str, ...]
    grid: Grid
    places: int
    columns: tuple[str, ...] = field(
        default=("id", "status", "rank", "tier", "score", "block", "seat", "reason"), repr=False
    )


class Rows(ABC):
    """The rows of a table as a policy reads them."""

    @abstractmethod
    def profiles(self) -> Cells:
        """Each distinct profile once: `key`, `state` of the id, `field_0`..., `has_0`... (whether an order is there),
        the `number` of rows, and `low` and `high` of the first order."""

    @abstractmethod
    def repeated(self) -> tuple[Cells, Cells]:
        """All rows whose id or address may stand more than once: as the table has them, and id, key and orders."""

    @abstractmethod
    def replaced(self, left_out: Sequence[str], added: Any) -> Rows:
        """Without the rows of these ids, and with these rows (id, key, orders) instead."""

    @abstractmethod
    def joined(self, table: Any, grid: Grid) -> Rows:
        """With the columns of a table joined by key, and with buckets where its `split` is 1 (else bucket 0)."""

    @abstractmethod
    def cells(self) -> Cells:
        """How many rows (`number`) each `lot`, `level` and `bucket` has."""

    @abstractmethod
    def few(self, ids: Sequence[str]) -> Cells:
        """Id, key, orders and bucket of the rows whose bucket is at most `limit`, and of these ids."""

    @abstractmethod
    def find(self, ids: Sequence[str]) -> Cells:
        """Id, key and orders of the rows with these ids."""

    @abstractmethod
    def before(self, place: Upto) -> int:
        """How many rows of the level (`lot` at least 0) stand at or before a place."""

    @abstractmethod
    def decided(self, decisions: Decisions) -> Any:
        """The decision of every row, lazily, as the engine's own dataframe; nothing need be joined before."""


class Engine(ABC):
    """A table in an engine."""

    kind: ClassVar[str]

    @abstractmethod
    def sorts(self) -> Mapping[str, Sort]:
        """The headings of the table, and what each column holds."""

    @abstractmethod
    def read(self, reading: Reading) -> Rows:
        """The rows of the table as a policy reads them."""

    @abstractmethod
    def tickets(self, seed: str, ids: Sequence[str]) -> Cells:
        """The `id` and `ticket` of these ids by the engine's own SHA-256, in the engine's order of texts: a check."""

    @abstractmethod
    def collected(self, native: Any) -> Cells:
        """A dataframe of the engine as cells."""
