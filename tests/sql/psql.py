"""Questions to a server by psql: a client that shares no code with the hub."""

import subprocess

from hub.database import binaries


def ask(dsn: str, query: str) -> str:
    """Give what psql prints, unaligned; raise CalledProcessError when it fails."""
    asked = [binaries.find().program("psql"), dsn, "-XAtqc", query]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=binaries.BARE_ENVIRONMENT)
    return done.stdout.strip()
