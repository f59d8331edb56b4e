"""Spark: a `pyspark.sql` dataframe, its decisions a dataframe of the same session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from selection.engines.engine import STARTS
from selection.engines.relational import Relational

#: Tables of at most so many bytes go to every worker, so that the rows stay where they are when both are joined.
BROADCAST: Final = 64 * 2**20


class SparkEngine(Relational):
    """A dataframe of a Spark session."""

    kind = "spark"

    def drawn(self, frame: Any, seed: str) -> Any:
        from pyspark.sql import functions as F

        frame = frame.withColumn("ticket", F.sha2(F.concat(F.lit(f"{seed}:"), F.col("id")).cast("binary"), 256))
        digits = len(f"{STARTS - 1:x}")
        return frame.withColumn("start", F.conv(F.substring("ticket", 1, digits), 16, 10).cast("bigint"))

    def numbered(self, frame: Any, names: Sequence[str]) -> Any:
        from pyspark.sql import functions as F

        return frame.withColumns({n: F.unix_micros(F.col(n).cast("timestamp")) for n in names})

    def taken_in(self, table: Any) -> Any:
        from pyspark.sql import functions as F

        made = self.frame.to_native().sparkSession.createDataFrame(table)
        return F.broadcast(made) if table.nbytes <= BROADCAST else made
