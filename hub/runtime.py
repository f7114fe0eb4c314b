"""The database and the keys of one set-up, as commands need them: the embedded server or an operator's own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.database import embedded
from hub.keyfiles import MasterKeys, ReceiptKeys, load_master_keys, load_receipt_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.settings import Settings

__all__ = ["Dsns", "SetUpError", "databases", "keys"]


class SetUpError(Exception):
    """A set-up with which a command can't work: a sentence, and what to do."""


@dataclass(frozen=True)
class Dsns:
    """Where each role finds the database; None for a role whose URL the operator has not given."""

    app: str
    owner: str | None
    backup: str | None
    is_embedded: bool

    def for_owner(self) -> str:
        """Give the owner's URL. Refuses: SetUpError."""
        if self.owner is None:
            raise SetUpError("This needs the owner of the schema: set HUB_DATABASE_OWNER_URL (role hub_owner).")
        return self.owner

    def for_backup(self) -> str:
        """Give the URL of the role that reads all rows. Refuses: SetUpError."""
        if self.backup is None:
            raise SetUpError("This needs the role that reads all rows: set HUB_DATABASE_BACKUP_URL (role hub_backup).")
        return self.backup


@contextmanager
def databases(settings: Settings, *, only_mine: bool = False, only_existing: bool = False) -> Iterator[Dsns]:
    """Give the database of the settings: a URL always wins; else the embedded server, started here unless it runs.

    Takes: `only_mine`, to refuse a server that another process runs (who serves owns it); `only_existing`, to refuse
    where there is no embedded database yet, for what makes sense in a filled one alone.
    Refuses: SetUpError, EmbeddedError
    """
    if settings.database_url is not None:
        yield Dsns(settings.database_url, settings.database_owner_url, settings.database_backup_url, is_embedded=False)
        return
    if only_existing and not embedded.has_database(settings.data_dir):
        raise SetUpError(f"There is no database below {settings.data_dir} yet. `unionhub serve` makes it.")
    there = None if only_mine else embedded.running(settings.data_dir)
    if there is not None:
        yield _dsns(there)
        return
    with embedded.start(settings.data_dir, pg_bin=settings.pg_bin) as server:
        yield _dsns(server.address)


def _dsns(address: embedded.Address) -> Dsns:
    return Dsns(address.dsn("hub_app"), address.dsn("hub_owner"), address.dsn("hub_backup"), is_embedded=True)


def keys(settings: Settings) -> tuple[ReceiptKeys, MasterKeys]:
    """Read both key files; they are made only beside an embedded database that does not exist yet.

    Refuses: KeyFileError
    """
    new = settings.database_url is None and not embedded.has_database(settings.data_dir)
    if new:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (
        load_receipt_keys(settings.key_file, may_create=new),
        load_master_keys(settings.master_key_file, may_create=new),
    )
