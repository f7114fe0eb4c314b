"""A process with the libraries loaded, which forks for each run of pytest: half of a short run is else spent on that.

Run in a copy of the tree: `python -m tests.mutants.nursery`. Takes lines of JSON (the arguments of `run`), and answers
each with an exit status. Nothing of the hub is loaded before the fork: it is not the same twice.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

# Not the ones that pytest wants to load itself, as plugins: hypothesis, anyio and what imports it.
LIBRARIES = (
    "pytest",
    "_pytest.config",
    "asyncpg",
    "alembic.command",
    "alembic.runtime.migration",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "jwt",
    "orjson",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "stdnum.cn.uscc",
)


def run(arguments: list[str], output: str, environment: dict[str, str], seconds: int) -> int:
    """Run pytest in a child; its words go to a file. Gives its exit status: -14 (SIGALRM) for one that did not end.

    A mutant may wait for ever for what does not come.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 3
    try:
        signal.alarm(seconds)
        os.environ.update(environment)
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        import pytest

        status = int(pytest.main(arguments))
        sys.stdout.flush()
    finally:
        os._exit(status)


def main() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        sys.stdout.write(f"{run(**json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
