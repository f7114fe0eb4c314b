"""The command `federation`: make a key, log in to a hub, or verify a proof offline.

Exit codes: 0 done or proved, 1 not proved or refused, 2 a wrong call. Results go to standard output, complaints to
standard error.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from federation import encoding
from federation.claims import dump
from federation.errors import AnswerLost, HubError, KeyNotUsable, ProofError
from federation.keys import ALGS, PrivateKey, PublicKey, read_jwks
from federation.proof import MAX_CHARACTERS, ProvedHandoff, verify_proof
from federation.session import Session


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except FileExistsError as error:
        sys.stderr.write(f"federation: {error.filename} is there already; nothing was written\n")
        return 1
    except (OSError, UnicodeDecodeError, KeyNotUsable) as error:
        sys.stderr.write(f"federation: {error}\n")
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="federation", description="What a union's own system needs at hand.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    new_key = commands.add_parser("new-key", help="make a key pair", description=_new_key.__doc__)
    new_key.add_argument("--alg", choices=ALGS, default=ALGS[0], help="EdDSA by default; ES256 for HSMs and browsers")
    new_key.add_argument("--kid", help="the key's name; its RFC 7638 thumbprint by default")
    new_key.add_argument("--out", type=Path, required=True, help="a new file for the private JWK, mode 0600")
    new_key.add_argument("--public", type=Path, help="a new file for the public JWK, which is printed otherwise")
    new_key.set_defaults(run=_new_key)

    token = commands.add_parser("token", help="log in, and print the access token", description=_token.__doc__)
    token.add_argument("--hub", required=True, help="the hub's origin, as its metadata give it")
    token.add_argument("--union", required=True, help="the union's URI, urn:union:…")
    token.add_argument("--login-key", type=Path, required=True, help="the file of its private LOGIN key")
    token.set_defaults(run=_token)

    verify = commands.add_parser("verify-proof", help="verify a handoff's proof", description=_verify_proof.__doc__)
    verify.add_argument("proof", type=Path, metavar="FILE", help="the text of Handoff.proof")
    verify.add_argument("--hub-keys", type=Path, required=True, help="the hub's JWK Set, from a source that you trust")
    verify.add_argument("--root-keys", type=Path, help="the root union's JWK Set, likewise, to leave the hub out of it")
    verify.add_argument("--hub", help="the origin of the hub whose proof it must be")
    verify.add_argument("--json", action="store_true", help="print what is proved as JSON")
    verify.set_defaults(run=_verify_proof)
    return parser


def _new_key(options: argparse.Namespace) -> int:
    """Make a key pair: the private key goes to a new file, the public JWK to another, or is printed."""
    key = PrivateKey.generate(options.alg, kid=options.kid)
    text = json.dumps(key.public.jwk, indent=2) + "\n"
    if options.public is not None and options.public.exists():
        raise FileExistsError(0, "", str(options.public))
    key.to_file(options.out)
    if options.public is None:
        sys.stdout.write(text)
    else:
        options.public.write_text(text, encoding="utf-8")
    return 0


def _token(options: argparse.Namespace) -> int:
    """Log in to a hub as a union, and print the access token, good for five minutes."""

    async def ask() -> str:
        async with Session(options.hub.rstrip("/"), options.union, PrivateKey.from_file(options.login_key)) as session:
            return await session.access_token()

    try:
        sys.stdout.write(asyncio.run(ask()) + "\n")
    except (HubError, AnswerLost) as error:
        sys.stderr.write(f"federation: {options.hub} gave no token: {error}\n")
        return 1
    return 0


def _verify_proof(options: argparse.Namespace) -> int:
    """Verify a proof without asking anyone, and print what it proves."""
    hub_keys = _jwks(options.hub_keys)
    root_keys = None if options.root_keys is None else _jwks(options.root_keys)
    with options.proof.open(encoding="utf-8") as file:
        text = file.read(MAX_CHARACTERS + 1).strip()
    try:
        proved = verify_proof(text, hub_keys, hub=options.hub, root_keys=root_keys)
    except ProofError as error:
        sys.stderr.write(f"NOT PROVED: {error}\n")
        return 1
    sys.stdout.write((_as_json(proved) if options.json else _told(proved)) + "\n")
    return 0


def _jwks(path: Path) -> dict[str, PublicKey]:
    try:
        return read_jwks(path.read_bytes())
    except KeyNotUsable as error:
        raise KeyNotUsable(f"{path}: {error.detail}", error.path) from error


def _told(proved: ProvedHandoff) -> str:
    """Tell what is proved as the two lines of the certificate have it, and who signed."""
    release, acceptance = proved.release, proved.acceptance
    dues = f"dues through {release.dues_paid_through}"
    lines = [
        f"PROVED: {proved.state}, by the receipts of {proved.hub}",
        f"membership {proved.membership_id}, custody version {proved.custody_version}",
        f"out  {release.out_date}  {release.reason_text}  {dues}  {proved.releasing_union}",
    ]
    if acceptance is not None:
        lines.append(f"in   {acceptance.in_date}  {release.receiving_union}")
    lines += [
        f"{step.received_at.isoformat()}  {step.act}  signed by {step.signer} ({step.kid})" for step in proved.steps
    ]
    return "\n".join(lines)


def _as_json(proved: ProvedHandoff) -> str:
    steps = [
        {
            "act": step.act,
            "signer": step.signer,
            "kid": step.kid,
            "received_at": step.received_at.isoformat(),
            "statement_sha256": step.statement_sha256,
            "state_after": step.state_after,
            step.claims.object_name: dump(step.claims),
        }
        for step in proved.steps
    ]
    return encoding.dumps(
        {
            "hub": proved.hub,
            "handoff_id": str(proved.handoff_id),
            "membership_id": str(proved.membership_id),
            "releasing_union": proved.releasing_union,
            "receiving_union": proved.release.receiving_union,
            "state": proved.state,
            "custody_version": proved.custody_version,
            "steps": steps,
        }
    )


if __name__ == "__main__":
    sys.exit(main())
