"""The command `unionhub`. Exit codes: 0 done, 1 refused or wrong, 2 a wrong call. What one can mend is a sentence."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any

import asyncpg
import typer

from hub.database import migrate as migrations
from hub.database.backup import backup as write_backup
from hub.database.backup import not_included, still_needed
from hub.database.backup import restore as read_backup
from hub.database.embedded import has_database
from hub.database.failure import BackupError, EmbeddedError
from hub.keyfiles import (
    KeyFileError,
    MasterKeys,
    add_data_key,
    add_receipt_key,
    load_master_keys,
    load_receipt_keys,
)
from hub.runtime import SetUpError, databases, keys
from hub.settings import Clock, Settings, SettingsError, load, unknown_variables

if TYPE_CHECKING:
    from collections.abc import Coroutine

app = typer.Typer(
    name="unionhub",
    help="工会会员会籍接转平台 · A hub through which trade unions hand members over by signed statements.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
clock_app = typer.Typer(help="The test clock (HUB_CLOCK=test).", no_args_is_help=True)
keys_app = typer.Typer(help="The hub's own keys.", no_args_is_help=True)
app.add_typer(clock_app, name="clock")
app.add_typer(keys_app, name="keys")

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for a machine.")]


def main() -> None:
    """Run the command; what a person can mend is told in a sentence."""
    try:
        app()
    except (SettingsError, SetUpError, EmbeddedError, BackupError, KeyFileError) as error:
        _say_wrong(str(error))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _say_wrong(f"{type(error).__name__}: {error}")


def _say_wrong(sentence: str) -> None:
    typer.echo(f"unionhub: {sentence}", err=True)
    sys.exit(1)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


@app.command()
def serve() -> None:
    """Serve /graphql until stopped (Ctrl-C). Without HUB_DATABASE_URL, on an embedded PostgreSQL below HUB_DATA_DIR."""
    from hub.server import serve as serve_http  # noqa: PLC0415 - granian is for this command alone

    settings = load()
    for sentence in unknown_variables():
        typer.echo(f"unionhub: {sentence}", err=True)
    _, master = keys(settings)
    with databases(settings, only_mine=True) as dsns:
        _migrated(dsns.owner if dsns.is_embedded else None, dsns.owner)
        if dsns.is_embedded:
            _run(_deadlines_again(dsns.for_owner(), settings))
        _run(_belongs(dsns.app, master))
        # The workers are processes of their own: they read the settings anew, the database's address among them.
        os.environ["HUB_DATABASE_URL"] = dsns.app
        os.environ["HUB_DATA_DIR"] = str(settings.data_dir)
        os.environ["HUB_KEY_FILE"] = str(settings.key_file)
        os.environ["HUB_MASTER_KEY_FILE"] = str(settings.master_key_file)
        told = f"unionhub: {settings.origin}/graphql ({settings.workers} workers, clock {settings.clock.value})"
        try:
            serve_http(
                "hub.app:create",
                host=settings.host,
                port=settings.port,
                workers=settings.workers,
                on_free=lambda: typer.echo(told),
            )
        except OSError as fault:
            raise SetUpError(
                f"{settings.host}:{settings.port} can't be listened on ({fault.strerror or fault}). "
                "Stop what listens there, or set HUB_PORT."
            ) from None


def _migrated(upgrade_dsn: str | None, owner_dsn: str | None) -> None:
    """Bring an embedded database to the newest schema; of an operator's own, only make sure."""
    if upgrade_dsn is not None:
        _run(migrations.upgrade(upgrade_dsn))
    elif owner_dsn is not None and _run(migrations.stamped(owner_dsn)) != migrations.head():
        raise SetUpError("The database's schema is not this version's. Run `unionhub migrate`, then serve.")


async def _deadlines_again(owner_dsn: str, settings: Settings) -> int:
    """Compute tentative deadlines again: this version may know the calendar of a year that the one before did not."""
    from hub.transfers.desk.deadlines import recompute  # noqa: PLC0415

    connection = await asyncpg.connect(owner_dsn)
    try:
        return await recompute(connection, test_clock=settings.clock is Clock.TEST)
    finally:
        await connection.close()


async def _belongs(app_dsn: str, master: MasterKeys) -> None:
    """Refuse to serve a database with another's master keys: it would find nobody and enrol everybody twice."""
    from hub.transfers.ledger.founding import master_key_of  # noqa: PLC0415
    from hub.vault import Vault  # noqa: PLC0415

    connection = await asyncpg.connect(app_dsn)
    try:
        theirs = await master_key_of(connection)
    finally:
        await connection.close()
    if theirs is not None and theirs != Vault(master).fingerprint:
        raise SetUpError("HUB_MASTER_KEY_FILE is not the file that this database was founded with. Put that one back.")


@app.command()
def demo() -> None:
    """Play a real handoff between two unions over HTTP, on a hub of its own that is thrown away afterwards."""
    from hub.demo.play import play  # noqa: PLC0415 - needs the client, which the hub itself does not

    sys.exit(play())


@app.command()
def bootstrap(
    name: Annotated[str, typer.Option(help="Name of the NATIONAL_FEDERATION.")],
    uscc: Annotated[str, typer.Option(help="Its unified social credit code.")],
    signing_jwk: Annotated[Path, typer.Option(help="File with its public signing key (JWK with kid).")],
    login_jwk: Annotated[Path, typer.Option(help="File with its public login key (JWK with kid).")],
    *,
    as_json: Json = False,
) -> None:
    """Make the root of the hub, once. The very same again changes nothing."""
    from federation.errors import KeyNotUsable  # noqa: PLC0415
    from federation.keys import PublicKey  # noqa: PLC0415
    from hub.transfers.desk.founding import BootstrapRefused  # noqa: PLC0415
    from hub.transfers.desk.founding import bootstrap as found  # noqa: PLC0415
    from hub.vault import Vault  # noqa: PLC0415

    settings = load()
    try:
        signing, login = (PublicKey.from_jwk(json.loads(file.read_bytes())) for file in (signing_jwk, login_jwk))
    except (KeyNotUsable, ValueError, AttributeError) as error:
        raise SetUpError(f"A key file holds no public JWK (Ed25519 or P-256) with a kid: {error}") from None
    _, master = keys(settings)

    async def work(owner_dsn: str) -> bool:
        await migrations.upgrade(owner_dsn)
        connection = await asyncpg.connect(owner_dsn)
        try:
            return await found(
                connection,
                Vault(master),
                name=name,
                uscc=uscc,
                signing=signing,
                login=login,
                test_clock=settings.clock is Clock.TEST,
            )
        finally:
            await connection.close()

    try:
        with databases(settings) as dsns:
            is_new = _run(work(dsns.for_owner()))
    except BootstrapRefused as error:
        raise SetUpError(str(error)) from None
    uri = f"urn:union:{uscc}"
    told = {"union": uri, "created": is_new, "signing_kid": signing.kid, "login_kid": login.kid}
    typer.echo(json.dumps(told) if as_json else f"{name} ({uri}): {'the root is made' if is_new else 'unchanged'}")


@app.command()
def migrate(*, as_json: Json = False) -> None:
    """Bring the database's schema to this version, as its owner. Forward only; running it again changes nothing.

    Deadlines that were tentative are computed again, by the calendar of this version.
    """
    settings = load()
    if settings.is_embedded and not has_database(settings.data_dir):
        keys(settings)  # beside a database that is there none are made any more
    with databases(settings) as dsns:
        owner = dsns.for_owner()
        before = _run(migrations.stamped(owner))
        _run(migrations.upgrade(owner))
        after = _run(migrations.stamped(owner))
        deadlines = _run(_deadlines_again(owner, settings))
    told = {"before": before, "after": after, "deadlines": deadlines}
    moved = f", {deadlines} tentative deadlines computed again" if deadlines else ""
    typer.echo(json.dumps(told) if as_json else f"schema {before or 'empty'} → {after}{moved}")


@app.command()
def doctor(*, as_json: Json = False) -> None:
    """Say in words what is wrong with this set-up, and what to do. Changes nothing; exit code 1 if anything is."""
    from hub.doctor import examine  # noqa: PLC0415

    findings = _run(examine(load()))
    if as_json:
        typer.echo(json.dumps([finding.__dict__ for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{'ok   ' if finding.is_good else 'WRONG'} {finding.name}: {finding.seen}")
            if finding.todo:
                typer.echo(f"      → {finding.todo}")
        for sentence in unknown_variables():
            typer.echo(f"note  {sentence}")
    sys.exit(0 if all(finding.is_good for finding in findings) else 1)


@app.command()
def sdl() -> None:
    """Print the GraphQL schema."""
    from hub.schema.schema import sdl as schema_text  # noqa: PLC0415

    typer.echo(schema_text(), nl=False)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file.")]) -> None:
    """Write a backup of the database while the hub serves. The key files are not in it."""
    settings = load()
    with databases(settings, only_existing=True) as dsns:
        made = write_backup(dsns.for_backup(), file)
    typer.echo(f"{made.file}: schema {made.revision}, {made.size_bytes:,} bytes")
    typer.echo(not_included(settings.key_file, settings.master_key_file))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `unionhub backup` wrote.")]) -> None:
    """Fill an empty database from a backup, then bring its schema to this version."""
    settings = load()
    with databases(settings) as dsns:
        owner = dsns.for_owner()
        found = read_backup(owner, file)
        _run(migrations.upgrade(owner))
        _run(_deadlines_again(owner, settings))
    typer.echo(f"{found.file}: schema {found.revision} restored")
    typer.echo(still_needed(settings.key_file, settings.master_key_file))


@clock_app.command("set")
def clock_set(instant: Annotated[str, typer.Argument(help="RFC 3339, e.g. 2025-03-03T09:00:00+08:00")]) -> None:
    """Let it be this instant, running on from there."""
    try:
        when = datetime.fromisoformat(instant)
    except ValueError:
        when = datetime.min  # noqa: DTZ901 - has no zone, so is refused below
    if when.tzinfo is None:
        raise SetUpError(f"{instant!r} is no instant in RFC 3339, like 2025-03-03T09:00:00+08:00.")
    _clock(when)
    typer.echo(f"the hub's clock reads {when.isoformat()}")


@clock_app.command("real")
def clock_real() -> None:
    """End the test clock."""
    _clock(None)
    typer.echo("the hub's clock is the database's own")


def _clock(instant: datetime | None) -> None:
    from hub.transfers.ledger import founding  # noqa: PLC0415

    settings = load()
    if settings.clock is not Clock.TEST:
        raise SetUpError("The clock can be set only under HUB_CLOCK=test.")

    async def work(owner_dsn: str) -> None:
        connection = await asyncpg.connect(owner_dsn)
        try:
            await (founding.reset_clock(connection) if instant is None else founding.set_clock(connection, instant))
        finally:
            await connection.close()

    with databases(settings, only_existing=True) as dsns:
        _run(work(dsns.for_owner()))


@keys_app.command("show")
def keys_show(*, as_json: Json = False) -> None:
    """List the hub's keys, without their secrets."""
    receipts, master = _existing_keys(load())
    told = {
        "receipts": [key.kid for key in receipts.keys],
        "signing": receipts.signing.kid,
        "data_versions": sorted(master.data),
        "current": master.current,
    }
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo(f"receipts: {', '.join(told['receipts'])}; {told['signing']} signs")
    typer.echo(f"personal data: versions {told['data_versions']}; new rows are sealed with {told['current']}")


@keys_app.command("new")
def keys_new() -> None:
    """Make both key files, for a hub on a database of your own. Refuses where one exists."""
    settings = load()
    for file in (settings.key_file, settings.master_key_file):
        if file.exists():
            raise SetUpError(f"{file} exists: a hub keeps its keys. Give another HUB_KEY_FILE and HUB_MASTER_KEY_FILE.")
    load_receipt_keys(settings.key_file, may_create=True)
    load_master_keys(settings.master_key_file, may_create=True)
    typer.echo(f"{settings.key_file} (receipts), {settings.master_key_file} (personal data): keep copies of both.")


@keys_app.command("add-receipt-key")
def keys_add_receipt_key() -> None:
    """Add a key that signs receipts from the next start on; the earlier ones stay for what they signed."""
    typer.echo(f"{add_receipt_key(load().key_file).signing.kid} signs from the next start on")


@keys_app.command("add-data-key")
def keys_add_data_key() -> None:
    """Add a version of the key for personal data; old rows stay readable."""
    typer.echo(f"version {add_data_key(load().master_key_file).current} seals from the next start on")


def _existing_keys(settings: Settings) -> Any:
    return (
        load_receipt_keys(settings.key_file, may_create=False),
        load_master_keys(settings.master_key_file, may_create=False),
    )
