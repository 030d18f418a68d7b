"""Whether what lies at a path can be trusted: nobody but its reader and root could have put it there.

Asked before every answer, and at every TAB, so it loads nothing and looks at a few names only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

_LINK, _FOLDER, _KIND = 0o120000, 0o040000, 0o170000
_STICKY, _GROUP, _OTHERS = 0o1000, 0o020, 0o002
_MOST_LINKS = 40


def distrust(path: str | os.PathLike[str]) -> str:
    """Why ``path`` is not to be trusted, in words; empty if it is, or if nothing is there.

    It must belong to the user who asks, or to root, and nobody else may write it. The same holds for each
    folder on the way, and for links and where they lead: who can write a folder can exchange what is
    in it. On the way a folder for all, such as /tmp, will do, since only owners move what is in it.
    """
    steps = list(_steps(os.path.abspath(path)))
    for number, (place, status) in enumerate(steps, 1):
        why = _of_one(place, status, on_the_way=number < len(steps))
        if why:
            return why
    return ""


def distrust_within(folder: str | os.PathLike[str]) -> str:
    """Why ``folder``, or something in it at any depth, is not to be trusted; empty if all of it is."""
    why = distrust(folder)
    if why:
        return why
    for entry in _entries(folder):
        status = entry.stat(follow_symlinks=False)
        is_link = status.st_mode & _KIND == _LINK
        why = distrust(entry.path) if is_link else _of_one(entry.path, status, on_the_way=False)
        if not why and entry.is_dir() and not is_link:
            why = distrust_within(entry.path)
        if why:
            return why
    return ""


def mend(why: str, otherwise: str) -> str:
    """What to do about ``why``, the words of one of the others; ``otherwise`` if it is no matter of permissions."""
    place, writable, _ = why.partition(_WRITABLE)
    return f"Run: chmod go-w {place}" if writable else otherwise


_WRITABLE = " can be written by others"


def _of_one(place: str, status: os.stat_result, *, on_the_way: bool) -> str:
    mode = status.st_mode
    if status.st_uid not in (0, os.geteuid()):
        return f"{place} belongs to {_user(status.st_uid)}"
    if mode & _KIND == _LINK or (on_the_way and mode & _STICKY):
        return ""
    if mode & _OTHERS or (mode & _GROUP and not _is_own_group(place, status.st_gid)):
        return f"{place}{_WRITABLE}"
    return ""


def _steps(path: str) -> Iterator[tuple[str, os.stat_result]]:
    """Each folder and link from the root to ``path``, as far as there are any."""
    yield "/", os.lstat("/")
    left = path.split("/")[::-1]
    place, links = "", 0
    while left:
        part = left.pop()
        if part in ("", "."):
            continue
        if part == "..":
            place = place.rpartition("/")[0]
            continue
        there = f"{place}/{part}"
        try:
            status = os.lstat(there)
            target = os.readlink(there) if status.st_mode & _KIND == _LINK else ""
        except (OSError, ValueError):  # nothing there, or nothing that we could read
            return
        yield there, status
        if not target:
            place = there
            continue
        links += 1
        if links > _MOST_LINKS:  # a circle: nobody can open that
            return
        place = "" if target[0] == "/" else place
        left += target.split("/")[::-1]


def _entries(folder: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_own_group(place: str, group: int) -> bool:
    """Whether a group has nobody in it but the user: some systems give each user one, and a umask of 002."""
    import grp
    import pwd

    try:
        user, known = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
        # further users can stand in a list of the file's own; its rights show as the group's
        listed = "system.posix_acl_access" in getattr(os, "listxattr", lambda _: ())(place)
    except (KeyError, OSError):
        return False
    alone = set(known.gr_mem) <= {user.pw_name}
    return group == user.pw_gid and known.gr_name == user.pw_name and alone and not listed


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
