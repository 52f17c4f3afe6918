"""Files with tables in them: the letters of a text, the cells of a workbook, and what else a file may be."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_KINDS = (
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old workbook (.xls); save its sheet as CSV"),
    (b"PAR1", "a Parquet file; read it with pandas.read_parquet and hand over the DataFrame"),
    (b"SQLite format 3", "a database; export the table as CSV"),
    (b"%PDF", "a PDF; the table is needed as CSV"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WINDOWS = {"cp1251": "Windows-1251", "cp1252": "Windows-1252"}


@dataclass(frozen=True)
class TextFile:
    """The bytes of a text file, unpacked, and the encoding of its letters; `note` says what was guessed."""

    name: str
    raw: bytes
    encoding: str
    note: str = ""

    def lines(self) -> Iterator[str]:
        """Its lines, one after the other, with their ends."""
        return iter(io.TextIOWrapper(io.BytesIO(self.raw), encoding=self.encoding, newline=""))


def text_file(path: Path, encoding: str | None = None) -> TextFile:
    """A text file, also one packed by gzip; the encoding is guessed unless given.

    UTF-8, and UTF-16 by its marks; else Windows-1251 where most letters beyond ASCII stand beside another one, as in
    Cyrillic words, or Windows-1252.

    Raises:
        OSError: it cannot be opened.
        ValueError: it is empty, no text, or not of the encoding.
    """
    raw = _unpacked(path)
    if not raw.strip():
        raise ValueError(f"{path.name}: the file is empty")
    for start, what in _KINDS:
        if raw.startswith(start):
            raise ValueError(f"{path.name} is {what}")
    if encoding is not None:
        return TextFile(path.name, raw, _checked(path.name, raw, encoding))
    known = next((name for mark, name in _BOMS if raw.startswith(mark)), _without_mark(raw))
    name = known or "utf-8"
    if not known and not _fits(raw, name):
        name = _single_byte(raw)
    if name == "utf-8" or _fits(raw, name):
        return TextFile(path.name, raw, name, _note(raw, name))
    raise ValueError(f"{path.name}: the letters are not UTF-8, UTF-16, Windows-1251 or Windows-1252; say what they "
                     "are, for example encoding='cp850', or save the file as UTF-8")


def workbook(path: Path) -> pd.DataFrame | None:
    """The cells of the first sheet of a workbook (.xlsx), without names; None where the file is something else.

    Raises:
        ValueError: it is a workbook, and nothing that reads it is installed, or it is damaged.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start != b"PK\x03\x04" or b"xl/workbook.xml" not in path.read_bytes():
        return None
    if find_spec("openpyxl") is None:
        raise ValueError(f"{path.name} is a workbook (.xlsx): save its sheet as CSV, or install what reads it "
                         "(pip install openpyxl)")
    try:
        return pd.read_excel(path, header=None, dtype=object)
    except Exception as error:
        raise ValueError(f"{path.name} is a workbook that cannot be read ({error}); save its sheet as CSV") from None


def _unpacked(path: Path) -> bytes:
    raw = path.read_bytes()
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} is packed by gzip and damaged: {error}") from None


def _checked(name: str, raw: bytes, encoding: Any) -> str:
    """An encoding that was asked for, which must exist and fit."""
    try:
        found = codecs.lookup(encoding).name
        "".encode(found)
    except (LookupError, TypeError):
        raise ValueError(f"encoding: {encoding!r} is not known; for example utf-8, cp1252, cp1251, latin-1 or "
                         "utf-16") from None
    try:
        raw.decode(found)
    except UnicodeError as error:
        line = raw[: getattr(error, "start", 0)].count(b"\n") + 1
        raise ValueError(f"encoding: {name} is not {encoding}: line {line} cannot be read so") from None
    return "utf-8-sig" if found == "utf-8" else found


def _without_mark(raw: bytes) -> str:
    """UTF-16 that does not say so: every second byte of Latin letters is 0."""
    head = np.frombuffer(raw[:2000] if len(raw) > 1 else b"  ", dtype=np.uint8)
    even, odd = float((head[::2] == 0).mean()), float((head[1::2] == 0).mean())
    return "utf-16-le" if odd > 0.4 > even else "utf-16-be" if even > 0.4 > odd else ""


def _single_byte(raw: bytes) -> str:
    """Windows-1251 where letters beyond ASCII mostly stand beside each other, else Windows-1252."""
    high = np.frombuffer(raw, dtype=np.uint8) >= 0xC0
    together = int((high[1:] & high[:-1]).sum())
    return "cp1251" if 2 * together > int(high.sum()) else "cp1252"


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        return "\0" not in raw.decode(encoding)
    except UnicodeError:
        return False


def _note(raw: bytes, encoding: str) -> str:
    """What was guessed, with the first word that shows it."""
    if encoding not in _WINDOWS:
        return "" if encoding.startswith("utf-8") else "The file is read as UTF-16."
    place = int(np.argmax(np.frombuffer(raw, dtype=np.uint8) >= 0x80))
    around = raw[max(0, place - 30): place + 30].decode(encoding)
    word = next((one for one in re.split(r"[\s,;|\"]+", around) if not one.isascii()), around.strip())
    return (f"The file is not UTF-8: read as {_WINDOWS[encoding]}, for example {word!r} (or say the "
            "encoding).")
