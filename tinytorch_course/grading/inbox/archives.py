"""Zip files from strangers: a student's own, and the class's as a learning management system hands it out."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import shutil
import stat
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ...base.errors import CourseError
from .names import fits, shown
from .safe_reading import LARGEST, LARGEST_FILE, MOST_FILES, Unreadable, is_clutter, may_come_along, too_large

_MOST_MEMBERS = 20_000  # of a student's zip file
_MOST_IN_CLASS = 500_000
_ENTRY = b"PK\x01\x02"  # one stands before each member in the list at a zip file's end
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)  # bzip2 cannot be read piece by piece: a bomb


@dataclass(frozen=True)
class Member:
    """A file in a student's zip file, or in one within it."""

    name: str
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def read(self, largest: int = LARGEST) -> bytes:
        return _read_member(self.archive, self.info, largest)


def member_name(info: zipfile.ZipInfo) -> PurePosixPath:
    """A member's path: UTF-8 that does not say so, as PHP and Info-ZIP write it, and Windows' backslashes are read."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/"))


def leads_outside(name: PurePosixPath) -> bool:
    return name.is_absolute() or ".." in name.parts


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: int) -> bytes:
    if info.file_size > largest:
        raise Unreadable(too_large(info.file_size, largest))
    if info.flag_bits & 0x1:
        raise Unreadable("the zip file is locked with a password")
    if info.compress_type not in _READ:
        raise Unreadable("the zip file is packed in an unusual way, which is not read: pack it again")
    try:
        with archive.open(info) as file:
            data = file.read(largest + 1)
    except Exception:  # zipfile raises whatever zlib, lzma, struct and the codecs do, and documents none of it
        raise Unreadable("the zip file is damaged") from None
    if len(data) > largest:
        raise Unreadable(too_large(len(data), largest))
    return data


def members(data: bytes, *, within: str = "", outermost: bool = True) -> list[Member]:
    """The files in a student's zip file, those in zip files within it where it holds no notebook itself.

    Raises
    ------
    Unreadable
        When the file is damaged, absurdly large, or holds a path that leads outside.
    """
    if data.count(_ENTRY) > _MOST_MEMBERS:
        raise Unreadable(f"the zip file holds more than {_MOST_MEMBERS} files")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except Exception:  # as above
        raise Unreadable("the zip file is damaged") from None
    found = []
    for info in infos:
        name = member_name(info)
        if leads_outside(name):
            raise Unreadable(f"the zip file holds a path that leads outside: {shown(info.filename)}")
        if name.parts and not is_clutter(name.parts) and not stat.S_ISLNK(info.external_attr >> 16):
            found.append(Member(within + str(name), archive, info))
    if outermost and not notebooks_of(found):
        left = LARGEST
        for one in [one for one in found if one.name.lower().endswith(".zip")]:
            left -= one.info.file_size
            with contextlib.suppress(Unreadable):
                found += members(one.read(), within=f"{one.name}/", outermost=False) if left > 0 else []
    return found


def notebooks_of(found: list[Member]) -> list[Member]:
    """The notebooks among the members; where there is none, files called almost so."""
    whole = [one for one in found if one.name.lower().endswith(".ipynb")]
    return whole or [one for one in found if ".ipynb." in PurePosixPath(one.name).name.lower()]


def files_beside(found: list[Member], notebook: Member) -> dict[str, bytes]:
    """The small files in the notebook's folder."""
    place = PurePosixPath(notebook.name).parent
    files: dict[str, bytes] = {}
    for one in found:
        path = PurePosixPath(one.name)
        if path.parent == place and may_come_along(path.name) and len(files) < MOST_FILES:
            with contextlib.suppress(Unreadable):
                files[path.name] = one.read(LARGEST_FILE)
    return files


# -- the whole class -----------------------------------------------------------------------------------------------


@dataclass
class Unpacked:
    """What a zip file with the whole class became."""

    problems: dict[Path, str] = field(default_factory=dict)  # files that stand there empty, and why
    remarks: list[str] = field(default_factory=list)


def unpack(archive: Path, to: Path) -> Unpacked:
    """Unpack a zip file with the whole class, as a learning management system hands it out, into the folder `to`.

    What cannot be had of a member, since it is damaged, locked, too large or a link, leaves an empty file in its place and
    the reason. A path that leads outside refuses the archive as a whole.
    """
    if not archive.is_file():
        raise CourseError("the file is missing", file=archive)
    try:
        file = zipfile.ZipFile(archive)
    except OSError as error:
        raise CourseError(f"cannot be read: {error.strerror}", file=archive) from None
    except Exception as error:  # as above
        raise CourseError(f"is not a zip file that can be read: {error}", file=archive) from None
    with file:
        infos = [info for info in file.infolist() if not info.is_dir()]
        if len(infos) > _MOST_IN_CLASS:
            raise CourseError(f"holds {len(infos)} files: that is no class", file=archive)
        for info in infos:
            if leads_outside(member_name(info)):
                raise CourseError(f"holds a path that leads outside: {shown(info.filename)}", file=archive)
        return _unpack(file, infos, to, archive)


def _unpack(file: zipfile.ZipFile, infos: list[zipfile.ZipInfo], to: Path, archive: Path) -> Unpacked:
    size, free = sum(min(info.file_size, LARGEST) for info in infos), shutil.disk_usage(to).free
    if size > free:
        raise CourseError(
            f"needs {size >> 20} MB unpacked, and {to} has {free >> 20}", "Make room, or set TMPDIR.", file=archive
        )
    unpacked = Unpacked()
    for info in infos:
        name = member_name(info)
        if not name.parts or is_clutter(name.parts):
            continue
        data = b""
        try:
            if stat.S_ISLNK(info.external_attr >> 16):
                raise Unreadable("the file is a symbolic link")
            data = _read_member(file, info, LARGEST)
            problem = ""
        except Unreadable as error:
            problem = str(error)
        try:
            target = _place(to, name)
            target.write_bytes(data)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise CourseError(
                    f"cannot be unpacked: {error.strerror}", "Make room, or set TMPDIR.", file=to
                ) from None
            unpacked.remarks.append(f"{shown(str(name))} of the zip file could not be unpacked: {error.strerror}.")
            continue
        if problem:
            unpacked.problems[target] = problem
        with contextlib.suppress(ValueError, OverflowError, OSError):
            when = time.mktime((*info.date_time, 0, 0, -1))
            os.utime(target, (when, when))
    return unpacked


def _place(to: Path, name: PurePosixPath) -> Path:
    """Where a member goes: a name that is too long is cut in the middle, and one that is taken gets a number."""
    target = to.joinpath(*map(_short, name.parts))
    target.parent.mkdir(parents=True, exist_ok=True)
    for other in _numbered(target):
        if not os.path.lexists(other):
            return other
    return target


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in range(1, 1000):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def _short(part: str) -> str:
    """Platforms put what they know at both ends of a name."""
    if fits(part):
        return part
    mark, head, tail = hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:6], part, part
    while len(head.encode("utf-8", "replace")) > 80:
        head = head[:-1]
    while len(tail.encode("utf-8", "replace")) > 80:
        tail = tail[1:]
    return f"{head}…{mark}…{tail}"
