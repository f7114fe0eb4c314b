"""The command `federation`, as an administrator meets it."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from federation import proof
from federation.__main__ import main
from federation.keys import ALGS, PrivateKey, PublicKey
from tests.federation.parties import HUB, U1, U2, a_key
from tests.federation.proofs import HUB_KEY, ROOT_KEY, a_proof, released

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("alg", ALGS)
def test_a_new_key_goes_to_a_private_file_and_its_public_half_is_printed(
    alg: str, tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "signing.jwk"
    assert main(["new-key", "--alg", alg, "--kid", "u1-2025", "--out", str(path)]) == 0
    printed = capsys.readouterr().out
    key = PrivateKey.from_file(path)
    assert PublicKey.from_jwk(json.loads(printed)) == key.public
    assert (key.kid, key.alg) == ("u1-2025", alg)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key.jwk["d"] not in printed


def test_a_new_key_overwrites_nothing(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "signing.jwk"
    path.write_text("mine")
    assert main(["new-key", "--out", str(path)]) == 1
    assert path.read_text() == "mine"
    assert "signing.jwk" in capsys.readouterr().err


def test_the_public_half_goes_to_a_file_of_its_own_and_neither_is_overwritten(tmp_path: Path, capsys: Output) -> None:
    private, public = tmp_path / "login.jwk", tmp_path / "login.public.jwk"
    call = ["new-key", "--out", str(private), "--public", str(public)]
    assert main(call) == 0
    assert capsys.readouterr().out == ""
    assert PublicKey.from_jwk(json.loads(public.read_text())) == PrivateKey.from_file(private).public
    before = private.read_text(), public.read_text()
    assert main(call) == 1
    private.unlink()
    assert main(call) == 1
    assert "login.public.jwk is there already" in capsys.readouterr().err
    assert (private.exists(), public.read_text()) == (False, before[1])


def test_of_a_hub_that_is_not_there_the_token_is_told_in_a_sentence(tmp_path: Path, capsys: Output) -> None:
    key = tmp_path / "login.jwk"
    assert main(["new-key", "--out", str(key)]) == 0
    capsys.readouterr()
    nowhere = "http://127.0.0.1:1"
    assert main(["token", "--hub", nowhere, "--union", "urn:union:89100000MC1G282819", "--login-key", str(key)]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert nowhere in told.err


def test_a_key_must_have_a_name_that_a_hub_takes(tmp_path: Path, capsys: Output) -> None:
    assert main(["new-key", "--kid", "a b", "--out", str(tmp_path / "key")]) == 1
    assert "kid" in capsys.readouterr().err
    assert not (tmp_path / "key").exists()


def files(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "proof.json").write_text(text, encoding="utf-8")
    (tmp_path / "hub.jwks").write_text(json.dumps({"keys": [HUB_KEY.public.jwk]}))
    (tmp_path / "root.jwks").write_text(json.dumps({"keys": [ROOT_KEY.public.jwk]}))
    return ["verify-proof", str(tmp_path / "proof.json"), "--hub-keys", str(tmp_path / "hub.jwks")]


def test_a_proof_is_told_as_the_certificate_has_it(tmp_path: Path, capsys: Output) -> None:
    call = files(tmp_path, proof.write(a_proof()) + "\n")
    assert main([*call, "--hub", HUB, "--root-keys", str(tmp_path / "root.jwks")]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"PROVED: ACCEPTED, by the receipts of {HUB}\n")
    assert f"out  2025-03-03  调动  dues through 2025-02  {U1}\n" in out
    assert f"in   2025-03-10  {U2}\n" in out


def test_a_proof_is_told_to_machines_as_json(tmp_path: Path, capsys: Output) -> None:
    assert main([*files(tmp_path, proof.write(a_proof([released()]))), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["custody_version"], told["releasing_union"]) == ("RELEASED", 1, U1)
    assert told["steps"][0]["release"]["receiving_union"] == U2


def test_a_proof_that_proves_nothing_says_where(tmp_path: Path, capsys: Output) -> None:
    call = files(tmp_path, proof.write(a_proof()))
    for arguments in (
        ["--hub", "https://other.example"],
        ["--root-keys", str(tmp_path / "hub.jwks")],
        ["--hub-keys", str(tmp_path / "root.jwks")],
    ):
        assert main([*call, *arguments]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("NOT PROVED: ")


def test_a_file_that_is_not_there_or_not_right_is_told(tmp_path: Path, capsys: Output) -> None:
    call = files(tmp_path, "{}")
    assert main(call) == 1
    assert main([*call[:3], str(tmp_path / "nothing")]) == 1
    assert main([*call[:3], str(tmp_path / "proof.json")]) == 1
    (tmp_path / "proof.json").write_bytes(b"\xff")
    assert main(call) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 4
    assert "Traceback" not in err


def test_a_wrong_call_is_told_with_the_usage(capsys: Output) -> None:
    for call in ([], ["sign"], ["new-key"], ["new-key", "--alg", "RS256", "--out", "x"]):
        with pytest.raises(SystemExit) as caught:
            main(call)
        assert caught.value.code == 2
    assert "usage: federation" in capsys.readouterr().err


def test_it_runs_by_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "federation", "new-key", "--out", str(tmp_path / "key")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["kid"] == PrivateKey.from_file(tmp_path / "key").kid
    assert a_key("x").kid != done.stdout
