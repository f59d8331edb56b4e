"""A folder of results changed at random, one thing at a time: how many changes `selection verify` finds.

python benchmarks/folder_changes.py [--changes 1000]
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from selection import dossier, select

POLICY = {
    "capacity": 8,
    "waitlist": 4,
    "points": [{"name": "score", "field": "score", "per": 1}],
    "reserve": [{"name": "women", "where": {"gender": "female"}, "seats": 4}],
    "cap": [{"name": "land", "per": "land", "seats": 3}],
}
ROWS = [
    {"id": f"A{i:03}", "score": i * 7 % 11, "gender": ("female", "male", "male")[i % 3], "land": "vwxyz"[i % 5]}
    for i in range(40)
]
STATUSES = ("selected", "waitlisted", "declined")


def changed(folder: Path, chance: Random) -> str:
    """Change one thing in the folder: a bit, a row, a decision, a value of the record, a whole file; say which."""
    kind = chance.choice(("bit", "bit", "bit of the record", "row", "decision", "record", "file", "pool"))
    if kind == "bit":
        return _bit(chance.choice(sorted(path for path in folder.iterdir() if path.stat().st_size)), chance)
    if kind == "bit of the record":
        return _bit(folder / "record.json", chance)
    if kind == "row":
        path = chance.choice([folder / name for name in ("decisions.csv", "shortlist.csv", "waitlist.csv")])
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        gone = lines.pop(chance.randrange(len(lines)))
        path.write_text("".join(lines), encoding="utf-8")
        return f"row {gone!r} removed from {path.name}"
    if kind == "decision":
        path = folder / "decisions.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = chance.randrange(1, len(lines))
        cells = lines[at].split(",")
        cells[1] = chance.choice([word for word in STATUSES if word != cells[1]])
        lines[at] = ",".join(cells)
        path.write_text("".join(lines), encoding="utf-8")
        return f"decision of {cells[0]} made {cells[1]}"
    if kind == "record":
        return _record(folder / "record.json", chance)
    if kind == "pool":
        path = folder / "pool.json.gz"
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), mtime=chance.randrange(1, 10**9)))
        return "pool compressed anew"
    path = chance.choice(sorted(folder.iterdir()))
    path.unlink()
    return f"{path.name} deleted"


def _bit(path: Path, chance: Random) -> str:
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return f"bit of byte {at} in {path.name}"


def _record(path: Path, chance: Random) -> str:
    """A value of the record changed and the record written again as the library writes it."""
    record = json.loads(path.read_text(encoding="utf-8"))
    key = chance.choice(sorted(record))
    record[key] = None if record[key] is not None else "changed"
    path.write_text(json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return f"{key!r} of the record changed"


def main() -> None:
    """Change, verify, put back; end with 1 if a change went unseen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--changes", type=int, default=1000)
    number = options.parse_args().changes
    kinds: Counter[str] = Counter()
    unseen = []
    with tempfile.TemporaryDirectory() as place:
        kept, folder = select(ROWS, POLICY, seed="2025").write(Path(place) / "kept"), Path(place) / "results"
        assert dossier.verify(kept).holds
        for seed in range(number):
            shutil.copytree(kept, folder)
            what = changed(folder, Random(seed))
            kinds[what.split()[0]] += 1
            if dossier.verify(folder).holds:
                unseen.append(what)
            shutil.rmtree(folder)
    print(f"{number - len(unseen):,} of {number:,} single changes found ({dict(sorted(kinds.items()))}).")
    print("\n".join(unseen))
    sys.exit(bool(unseen))


if __name__ == "__main__":
    main()
