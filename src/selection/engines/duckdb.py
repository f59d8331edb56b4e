"""DuckDB: a relation, its decisions a relation of the same connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selection.engines.relational import Relational


class DuckDBEngine(Relational):
    """A relation of a DuckDB connection."""

    kind = "duckdb"

    def __init__(self, native: Any, connection: Any = None) -> None:
        super().__init__(native)
        self.connection = connection

    def drawn(self, frame: Any, seed: str) -> Any:
        quoted = seed.replace("'", "''")
        frame = frame.project(f"*, sha256('{quoted}:' || id) AS ticket")
        return frame.project("*, ('0x' || ticket[1:3])::BIGINT AS start")

    def numbered(self, frame: Any, names: Sequence[str]) -> Any:
        return frame.project(f"* REPLACE ({', '.join(f'epoch_us({n}) AS {n}' for n in names)})")

    def taken_in(self, table: Any) -> Any:
        import duckdb

        return (self.connection or duckdb).from_arrow(table)
