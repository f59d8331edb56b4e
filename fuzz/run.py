"""One surface under atheris: `python fuzz/run.py tables -max_total_time=120`; everything after the name is libFuzzer's.

What is found on the way is kept in the folder given after the options; without one, only the seeds are begun with.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["selection"]):
    from surfaces import SURFACES, seeds

    import selection.attendance.reports
    import selection.intake
    import selection.policy
    import selection.suggestions  # noqa: F401


def main() -> None:
    """Begin with the seeds of a surface and try what changes of them do, until the time given is over."""
    if len(sys.argv) < 2 or sys.argv[1] not in SURFACES:
        sys.exit(f"usage: python fuzz/run.py {{{','.join(SURFACES)}}} [options of libFuzzer] [folder]")
    name, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as begin:
        for number, seed in enumerate(seeds(name)):
            (Path(begin) / str(number)).write_bytes(seed)
        folders = [one for one in options if not one.startswith("-")]
        flags = [one for one in options if one.startswith("-")]
        limits = ["-timeout=20", "-rss_limit_mb=3000", "-max_len=6000", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *limits, *flags, *folders, begin], SURFACES[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
