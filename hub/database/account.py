"""The operating-system user that PostgreSQL runs as: it never runs as root, and no user is ever created for it."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.database.failure import EmbeddedError

#: Root hands the server to the first of these that the system knows; the second is everywhere.
SERVICE_USERS = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user with an entry in the user database: initdb refuses to work without one."""

    name: str
    uid: int
    gid: int
    #: True when we are root and children must change to this user.
    changes_user: bool

    def popen(self) -> dict[str, Any]:
        """Give the arguments of subprocess that run a child as this user, with no group of ours kept."""
        if not self.changes_user:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(cluster: Path) -> Account:
    """Choose who runs the cluster in this folder: its owner; for a new one ourselves, or as root a service user.

    Refuses: EmbeddedError, when the owner is somebody whom we cannot become.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise EmbeddedError(
                f"The database in {cluster} belongs to another user ({_name(owner)}).",
                "Start the hub as that user or as root, or set HUB_DATA_DIR to a folder of your own.",
            )
        return _known(os.geteuid(), changes_user=False)
    if owner is not None:
        if owner == 0:
            raise EmbeddedError(
                f"The database in {cluster} belongs to root, and PostgreSQL refuses to run as root.",
                f"Give it back to its user, for instance: chown -R {_service_user().pw_name} '{cluster}'.",
            )
        return _known(owner, changes_user=True)
    entry = _service_user()
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, changes_user=True)


def _service_user() -> pwd.struct_passwd:
    for name in SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root, and this system knows none of the users {' and '.join(SERVICE_USERS)}.",
        "Start the hub as an ordinary user.",
    )


def _known(uid: int, *, changes_user: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"The user with the number {uid} has no entry in the system's user database, which PostgreSQL needs.",
            "Start the hub as a user who has one, or set HUB_DATABASE_URL to a database server.",
        ) from None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, changes_user=changes_user)


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid if uid is not None else -1).pw_name
    except KeyError:
        return f"number {uid}"
