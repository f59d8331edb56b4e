"""The folder of results as one ZIP file, for systems that keep results in a database."""

from __future__ import annotations

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from selection.dossier import folders
from selection.dossier.reading import read
from selection.dossier.writing import write
from selection.errors import OutputError

if TYPE_CHECKING:
    from selection.outcome import Outcome
    from selection.replacement import Round

#: The largest folder that is unpacked, in bytes.
LARGEST: Final = 2**31

#: The withdrawals answered since, each as its record: beside the files of a folder.
ROUNDS: Final = "rounds.json"


def pack(outcome: Outcome) -> bytes:
    """Everything `write` puts into a folder, as the bytes of a ZIP file; the same outcome gives the same bytes.

    After withdrawals that is the folder of the outcome before them, and the record of each round.
    """
    rounds: tuple[Round, ...] = getattr(outcome, "rounds", ())
    packed = io.BytesIO()
    with TemporaryDirectory() as place, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        folder = write(getattr(outcome, "start", outcome), Path(place) / "results")
        for name in folders.FILES:
            archive.writestr(ZipInfo(name), (folder / name).read_bytes(), ZIP_DEFLATED)
        if rounds:
            archive.writestr(ZipInfo(ROUNDS), json.dumps([one.to_dict() for one in rounds]), ZIP_DEFLATED)
    return packed.getvalue()


def unpack(packed: bytes) -> Outcome:
    """The outcome that was packed, run again and compared like a folder; `OutputError` where it was changed.

    Withdrawals answered before are answered again, and compared as well.
    """
    if not isinstance(packed, bytes | bytearray | memoryview):
        sentence = "Packed results are bytes; a folder is read with dossier.read(folder)."
        raise OutputError("not_packed", sentence, type=type(packed).__name__)
    try:
        with TemporaryDirectory() as place, ZipFile(io.BytesIO(packed)) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST:
                raise OutputError("too_large", f"The packed results hold more than {LARGEST:,} bytes.")
            for name in set(folders.FILES) & set(archive.namelist()):
                (Path(place) / name).write_bytes(archive.read(name))
            outcome = read(place)
            return _after(outcome, archive.read(ROUNDS)) if ROUNDS in archive.namelist() else outcome
    except BadZipFile:
        raise OutputError("not_packed", "These bytes are not the packed results of a selection.") from None


def _after(outcome: Outcome, recorded: bytes) -> Outcome:
    """The outcome after the recorded rounds, each answered again from the pool as it was packed."""
    from selection.replacement import Round, replace

    try:
        rounds = [Round.from_dict(one) for one in json.loads(recorded)]
    except ValueError:
        raise OutputError("not_packed", f"{ROUNDS} in the packed results is no list of rounds.") from None
    for one in rounds:
        made = replace(outcome, one.withdrawn, one.lock, one.pinned)
        if (made.admitted, made.removed) != (one.admitted, one.removed):
            raise OutputError("other_round", f"Round {one.number} is answered otherwise than was recorded.")
        outcome = made.outcome
    return outcome
