"""What a skilled user would write instead of the library: one script for each tool, for one call only.

    python benchmarks/race_scripts.py NAME TABLE DECISIONS

All make the same naive choice (minimums one after another from the top, then the rest, caps kept) and one-word reasons,
so all must select the same applicants. `floor` only reads, sorts and writes; `floor_sha256` also makes the tickets.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Callable
from typing import Any

from race_table import (
    BY_FUNCTION,
    BY_INCOME,
    COUNTRIES,
    COUNTRY_SHARE,
    GROUPS,
    MOST_YEARS,
    ORGANISATION_SEATS,
    SEED,
    SHARES,
    VACCINE,
)

CODE = {spelling: code for spelling, (code, _) in COUNTRIES.items()}
POINTS = {spelling: BY_INCOME[group] for spelling, (_, group) in COUNTRIES.items()}
MEMBERS = {name: {s for s, (_, group) in COUNTRIES.items() if group in groups} for name, groups in GROUPS.items()}
USED = ["id", "country", "role", "sector", "function", "organisation", "years_experience", "gender"]


def tickets(ids: list[str]) -> list[bytes]:
    """SHA-256 of `seed:id` for each id."""
    key, digest = f"{SEED}:".encode(), hashlib.sha256
    return [digest(key + one.encode()).digest() for one in ids]


def heads(ids: list[str]) -> Any:
    """The first 64 bits of each ticket."""
    import numpy as np

    return np.frombuffer(b"".join([one[:8] for one in tickets(ids)]), dtype=">u8").astype(np.uint64)


def choose(ranked: Any, groups: dict[str, Any], countries: Any, organisations: Any, seats: int) -> list[int]:
    """The naive choice: places of `ranked` that get a seat."""
    left = {"country": seats * COUNTRY_SHARE // 100, "organisation": ORGANISATION_SEATS}
    by_country: dict[Any, int] = {}
    by_organisation: dict[Any, int] = {}
    taken: dict[int, None] = {}
    filled = dict.fromkeys(groups, 0)
    for group in (*SHARES, None):
        goal = seats if group is None else -(-seats * SHARES[group] // 100)
        for place in range(len(ranked)):
            if len(taken) == seats or (group is not None and filled[group] >= goal):
                break
            if place in taken or (group is not None and not groups[group][place]):
                continue
            country, organisation = countries[place], organisations[place]
            if by_country.get(country, 0) >= left["country"]:
                continue
            if by_organisation.get(organisation, 0) >= left["organisation"]:
                continue
            by_country[country] = by_country.get(country, 0) + 1
            by_organisation[organisation] = by_organisation.get(organisation, 0) + 1
            taken[place] = None
            for name in groups:
                filled[name] += bool(groups[name][place])
    return list(taken)


def decided(rows: int, ranked: Any, taken: list[int]) -> tuple[Any, Any]:
    """Per row the rank (0 for the ineligible) and the word for the reason."""
    import numpy as np

    rank = np.zeros(rows, dtype=np.int64)
    rank[ranked] = np.arange(1, len(ranked) + 1)
    word = np.where(rank > 0, 1, 0)
    word[np.asarray(ranked)[taken]] = 2
    return rank, word


WORDS = ("ineligible", "capacity", "selected")


def dicts(table: str, out: str) -> None:
    """Plain Python, a dictionary for each row."""
    with open(table, encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    eligible = [p for p in people if p["sector"] != "cosmetics" or p["role"] in ("nra", "ministry")]
    for p in eligible:
        p["score"] = POINTS[p["country"]] + min(int(p["years_experience"]), MOST_YEARS) + BY_FUNCTION[p["function"]]
        p["score"] += VACCINE if p["sector"] == "vaccine" else 0
        p["ticket"] = hashlib.sha256(f"{SEED}:{p['id']}".encode()).hexdigest()
    eligible.sort(key=lambda p: (-p["score"], p["ticket"]))
    groups = {name: [p["country"] in members for p in eligible] for name, members in MEMBERS.items()}
    countries = [CODE[p["country"]] for p in eligible]
    taken = set(choose(eligible, groups, countries, [p["organisation"] for p in eligible], len(people) // 10))
    reason = {p["id"]: (n + 1, WORDS[2 if n in taken else 1], p["score"]) for n, p in enumerate(eligible)}
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "rank", "reason", "score"))
        writer.writerows((p["id"], *reason.get(p["id"], (0, WORDS[0], ""))) for p in people)


def _ranked(score: Any, eligible: Any, ids: list[str]) -> Any:
    import numpy as np

    places = np.flatnonzero(eligible)
    return places[np.lexsort((heads([ids[p] for p in places.tolist()]), -score[places]))]


def _pandas(table: str, out: str, **how: Any) -> None:
    import numpy as np
    import pandas as pd

    frame = pd.read_csv(table, usecols=USED, **how)
    country = frame["country"]
    score = country.map(POINTS).astype("int64") + frame["years_experience"].clip(upper=MOST_YEARS)
    score += frame["function"].map(BY_FUNCTION).astype("int64") + VACCINE * (frame["sector"] == "vaccine")
    eligible = (frame["sector"] != "cosmetics") | frame["role"].isin(["nra", "ministry"])
    ids = frame["id"].tolist()
    ranked = _ranked(score.to_numpy(), eligible.to_numpy(), ids)
    groups = {name: country.isin(members).to_numpy()[ranked].tolist() for name, members in MEMBERS.items()}
    codes = country.map(CODE).astype("object").to_numpy()[ranked].tolist()
    organisations = pd.factorize(frame["organisation"])[0][ranked].tolist()
    rank, word = decided(len(frame), ranked, choose(ranked, groups, codes, organisations, len(frame) // 10))
    reason = np.array(WORDS, dtype=object)[word]
    pd.DataFrame({"id": ids, "rank": rank, "reason": reason, "score": score}).to_csv(out, index=False)


def pandas(table: str, out: str) -> None:
    """pandas as one writes it first."""
    _pandas(table, out, dtype={"id": str})


def pandas_tuned(table: str, out: str) -> None:
    """pandas with categories for what repeats."""
    coded = dict.fromkeys(("country", "role", "sector", "function", "organisation", "gender"), "category")
    _pandas(table, out, dtype={"id": object, "years_experience": "int64", **coded})


def duckdb(table: str, out: str) -> None:
    """DuckDB: reading, weighing, tickets, ranking and writing in SQL."""
    import duckdb as db

    con = db.connect()
    income = " ".join(f"WHEN '{name}' THEN {points}" for name, points in POINTS.items())
    codes = " ".join(f"WHEN '{name}' THEN '{code}'" for name, code in CODE.items())
    member = ", ".join(f"country IN {tuple(m)} AS {name}" for name, m in MEMBERS.items())
    con.execute(f"""CREATE TABLE p AS SELECT id, row_number() OVER () AS n, organisation, {member},
        CASE country {codes} END AS code, sector <> 'cosmetics' OR role IN ('nra', 'ministry') AS eligible,
        CASE country {income} END + least(years_experience, {MOST_YEARS}) + CASE WHEN function IN
        ('production', 'quality_control') THEN 10 ELSE 5 END + CASE sector WHEN 'vaccine' THEN {VACCINE} ELSE 0 END
        AS score, sha256('{SEED}:' || id) AS ticket
        FROM read_csv('{table}', header = true, types = {{'id': 'VARCHAR'}})""")
    rows = con.execute("""SELECT n, code, organisation, low, lower, upper FROM p
        WHERE eligible ORDER BY score DESC, ticket""").fetchnumpy()
    n, code, organisation = rows["n"], rows["code"], rows["organisation"]
    groups = {name: rows[name].tolist() for name in MEMBERS}
    total = con.execute("SELECT count(*) FROM p").fetchall()[0][0]
    rank, word = decided(total, n - 1, choose(n, groups, code.tolist(), organisation.tolist(), total // 10))
    import pandas as pd

    con.register("d", pd.DataFrame({"n": range(1, total + 1), "rank": rank, "word": word}))
    named = "CASE word WHEN 0 THEN 'ineligible' WHEN 1 THEN 'capacity' ELSE 'selected' END AS reason"
    con.execute(f"COPY (SELECT id, rank, {named}, score FROM p JOIN d USING (n) ORDER BY n) TO '{out}' (HEADER)")


def pyarrow(table: str, out: str) -> None:
    """pyarrow: dictionary codes from the parser, look-up tables in numpy."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv as pc

    coded = dict.fromkeys(("country", "role", "sector", "function", "organisation", "gender"))
    types = {name: pa.dictionary(pa.int32(), pa.string()) for name in coded} | {"id": pa.string()}
    read = pc.read_csv(table, convert_options=pc.ConvertOptions(include_columns=USED, column_types=types))
    whole = {name: read[name].unify_dictionaries().combine_chunks() for name in coded}
    whole = {name: a.chunk(0) if isinstance(a, pa.ChunkedArray) else a for name, a in whole.items()}
    columns = {name: (a.indices.to_numpy(), a.dictionary.to_pylist()) for name, a in whole.items()}
    ids = read["id"].to_numpy().tolist()
    rank, word, score = _by_codes(columns, read["years_experience"].to_numpy(), ids)
    reason = pa.DictionaryArray.from_arrays(pa.array(word.astype(np.int32)), pa.array(WORDS)).cast(pa.string())
    pc.write_csv(pa.table({"id": read["id"], "rank": rank, "reason": reason, "score": score}), out)


def _by_codes(columns: dict[str, tuple[Any, list[str]]], years: Any, ids: list[str]) -> tuple[Any, Any, Any]:
    """Weigh, rank and choose on codes: each distinct value is looked at once."""
    import numpy as np

    def looked_up(name: str, answer: Callable[[str], Any], kind: type = np.int64) -> Any:
        codes, values = columns[name]
        return np.array([answer(v) for v in values], dtype=kind)[codes]

    vaccine = looked_up("sector", "vaccine".__eq__, bool)
    score = looked_up("country", POINTS.__getitem__) + np.minimum(years, MOST_YEARS)
    score = score + looked_up("function", BY_FUNCTION.__getitem__) + VACCINE * vaccine
    eligible = looked_up("sector", "cosmetics".__ne__, bool) | looked_up("role", ("nra", "ministry").__contains__, bool)
    ranked = _ranked(score, eligible, ids)
    groups = {n: looked_up("country", m.__contains__, bool)[ranked].tolist() for n, m in MEMBERS.items()}
    number = {code: place for place, code in enumerate(dict.fromkeys(CODE.values()))}
    country = looked_up("country", lambda v: number[CODE[v]])
    organisation = columns["organisation"][0][ranked].tolist()
    taken = choose(ranked, groups, country[ranked].tolist(), organisation, len(ids) // 10)
    return *decided(len(ids), ranked, taken), score


def polars(table: str, out: str) -> None:
    """polars as one writes it: expressions, joins by `replace_strict`."""
    import polars as pl

    frame = pl.read_csv(table, columns=USED, schema_overrides={"id": pl.String})
    vaccine = pl.col("sector") == "vaccine"
    score = pl.col("country").replace_strict(POINTS) + pl.col("years_experience").clip(upper_bound=MOST_YEARS)
    score = score + pl.col("function").replace_strict(BY_FUNCTION) + VACCINE * vaccine.cast(pl.Int64)
    frame = frame.with_columns(
        score=score,
        code=pl.col("country").replace_strict(CODE),
        eligible=(pl.col("sector") != "cosmetics") | pl.col("role").is_in(["nra", "ministry"]),
        **{name: pl.col("country").is_in(sorted(members)) for name, members in MEMBERS.items()},
    )
    ids = frame["id"].to_list()
    ranked = _ranked(frame["score"].to_numpy(), frame["eligible"].to_numpy(), ids)
    order = frame[ranked.tolist()]
    groups = {name: order[name].to_list() for name in SHARES}
    taken = choose(ranked, groups, order["code"].to_list(), order["organisation"].to_list(), len(ids) // 10)
    rank, word = decided(len(ids), ranked, taken)
    reason = pl.Series(word).replace_strict(dict(enumerate(WORDS)))
    pl.DataFrame({"id": frame["id"], "rank": rank, "reason": reason, "score": frame["score"]}).write_csv(out)


def polars_tuned(table: str, out: str) -> None:
    """polars for reading and writing, numpy codes between."""
    import polars as pl

    frame = pl.read_csv(table, columns=USED, schema_overrides={"id": pl.String})
    columns = {}
    for name in ("country", "role", "sector", "function", "organisation", "gender"):
        distinct = frame[name].unique()
        columns[name] = (frame[name].cast(pl.Enum(distinct)).to_physical().to_numpy(), distinct.to_list())
    rank, word, score = _by_codes(columns, frame["years_experience"].to_numpy(), frame["id"].to_list())
    reason = pl.Series(word).cast(pl.Int8).replace_strict(dict(enumerate(WORDS)))
    pl.DataFrame({"id": frame["id"], "rank": rank, "reason": reason, "score": score}).write_csv(out)


def floor(table: str, out: str, with_tickets: bool = False) -> None:
    """What nobody can do without: read, sort, write."""
    import numpy as np
    import polars as pl

    frame = pl.read_csv(table, columns=USED, schema_overrides={"id": pl.String})
    if with_tickets:
        heads(frame["id"].to_list())
    order = np.argsort(frame["years_experience"].to_numpy())
    pl.DataFrame({"id": frame["id"], "rank": order}).write_csv(out)


def floor_sha256(table: str, out: str) -> None:
    """The floor with one SHA-256 for each applicant."""
    floor(table, out, with_tickets=True)


SCRIPTS: dict[str, Callable[[str, str], None]] = {
    one.__name__: one
    for one in (dicts, pandas, pandas_tuned, duckdb, pyarrow, polars, polars_tuned, floor, floor_sha256)
}

if __name__ == "__main__":
    SCRIPTS[sys.argv[1]](sys.argv[2], sys.argv[3])
