"""The folder of results as one ZIP file, for systems that keep results in a database."""

from __future__ import annotations

import io
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

#: The largest folder that is unpacked, in bytes.
LARGEST: Final = 2**31


def pack(outcome: Outcome) -> bytes:
    """Everything `write` puts into a folder, as the bytes of a ZIP file; the same outcome gives the same bytes."""
    packed = io.BytesIO()
    with TemporaryDirectory() as place, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        folder = write(outcome, Path(place) / "results")
        for name in folders.FILES:
            archive.writestr(ZipInfo(name), (folder / name).read_bytes(), ZIP_DEFLATED)
    return packed.getvalue()


def unpack(packed: bytes) -> Outcome:
    """The outcome that was packed, run again and compared like a folder; `OutputError` where it was changed."""
    if not isinstance(packed, bytes | bytearray | memoryview):
        sentence = "Packed results are bytes; a folder is read with dossier.read(folder)."
        raise OutputError("not_packed", sentence, type=type(packed).__name__)
    try:
        with TemporaryDirectory() as place, ZipFile(io.BytesIO(packed)) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST:
                raise OutputError("too_large", f"The packed results hold more than {LARGEST:,} bytes.")
            for name in set(folders.FILES) & set(archive.namelist()):
                (Path(place) / name).write_bytes(archive.read(name))
            return read(place)
    except BadZipFile:
        raise OutputError("not_packed", "These bytes are not the packed results of a selection.") from None
