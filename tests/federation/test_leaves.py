"""A leaf stands for a statement: opened in the same order, strict in the same way, and proved with its handoff."""

from datetime import timedelta
from typing import Any

import pytest

from federation import acts, encoding, leaves, statements
from federation.errors import ProofError, StatementCode, StatementError
from federation.forms import Code, Sha256
from federation.proof import verify_proof, write
from tests.federation.manifests import (
    KEY,
    a_leaf,
    a_manifest,
    an_accepted_leaf,
    b64,
    parts,
    put,
    shown,
    some_leaves,
)
from tests.federation.parties import HUB, NOW, U1, U2, U3, a_key, a_release, a_uuid, in_force
from tests.federation.proofs import ACCEPTED_AT, HUB_KEYS, RELEASED_AT, U1_KEY, U2_KEY, a_proof, receipted

MALFORMED, TAMPERED = StatementCode.STATEMENT_MALFORMED, StatementCode.DOCUMENT_TAMPERED


def opened(text: str, act: Any = acts.Release, **changes: Any) -> Any:
    statement = statements.read(text, act)
    known: dict[str, Any] = {"key": KEY.public, "dates": in_force(), "caller": U1, "audience": HUB, "now": NOW}
    return statements.verify(statement, **(known | changes))


def refused(text: str, **changes: Any) -> tuple[StatementCode, tuple[str, ...]]:
    with pytest.raises(StatementError) as caught:
        opened(text, **changes)
    return caught.value.code, caught.value.path


@pytest.mark.parametrize("number", [1, 2, 3, 7])
def test_each_leaf_is_a_statement(number: int) -> None:
    texts = some_leaves(number)
    for leaf, text in zip(texts, shown(texts), strict=True):
        claims = opened(text)
        assert isinstance(claims, acts.Release)
        statement = statements.read_any(text)
        assert (statement.typ, statement.act, statement.iss) == (acts.Release.typ, acts.Release, U1)
        assert statement.sha256 == encoding.sha256_b64url(leaf.encode())
        assert leaves.page_of(text)[1] == leaves.pages_of(texts, length=1)[texts.index(leaf)]


def test_pages_may_be_of_any_length() -> None:
    texts = some_leaves(7)
    manifest = a_manifest(texts)
    for length in range(1, 8):
        pages = leaves.pages_of(texts, length=length)
        assert [leaf for page in pages for leaf in page.leaves] == texts
        shown_ones = [text for page in pages for text in leaves.leaf_texts("x", manifest, page)]
        assert shown_ones == leaves.leaf_texts("x", manifest, leaves.pages_of(texts)[0])


class TestRefused:
    text = shown(some_leaves())[1]

    def test_too_long(self) -> None:
        assert refused(put(self.text, 1, "A" * 16_384)) == (MALFORMED, ("statement",))

    def test_parts(self) -> None:
        assert refused(self.text + "~") == (MALFORMED, ("statement",))
        assert refused("~".join(parts(self.text)[:3])) == (MALFORMED, ("statement",))

    @pytest.mark.parametrize("index", ["", "-1", "01", "1.0", "²", "100000", " 1"])
    def test_the_index_has_one_form(self, index: str) -> None:
        assert refused(put(self.text, 2, index)) == (MALFORMED, ("index",))

    @pytest.mark.parametrize("index", ["0", "2", "3", "99999"])
    def test_another_place(self, index: str) -> None:
        assert refused(put(self.text, 2, index)) == (TAMPERED, ("manifest", "root_sha256"))

    @pytest.mark.parametrize("path", ["A", "AAAA", "====", "A" * 43 + "="])
    def test_the_path_is_whole_hashes(self, path: str) -> None:
        assert refused(put(self.text, 3, path)) == (MALFORMED, ("path",))

    def test_another_path(self) -> None:
        for path in ("", encoding.b64url(bytes(64)), parts(shown(some_leaves())[0])[3]):
            assert refused(put(self.text, 3, path)) == (TAMPERED, ("manifest", "root_sha256"))

    def test_another_leaf(self) -> None:
        other = a_leaf(a_release(), "somebody else")
        assert refused(put(self.text, 1, b64(other))) == (TAMPERED, ("manifest", "root_sha256"))

    @pytest.mark.parametrize("leaf", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1,"a":1}', "[1]", '{"a":1.5}', "{"])
    def test_the_leaf_has_one_form(self, leaf: str) -> None:
        assert refused(put(self.text, 1, b64(leaf))) == (MALFORMED, ("leaf",))

    def test_the_leaf_is_base64url(self) -> None:
        assert refused(put(self.text, 1, "===")) == (MALFORMED, ("leaf",))

    def test_of_another_act(self) -> None:
        with pytest.raises(StatementError) as caught:
            statements.read(self.text, acts.Acceptance)
        assert (caught.value.code, caught.value.path) == (MALFORMED, ("header", "typ"))
        with pytest.raises(StatementError):
            statements.read(self.text, acts.Recall)
        with pytest.raises(StatementError):
            statements.read(self.text, acts.ReleaseManifest)

    def test_another_s_signature(self) -> None:
        forged = shown(some_leaves(), key=a_key("attacker", kid=KEY.kid))[1]
        assert refused(forged) == (StatementCode.SIGNATURE_INVALID, ("statement",))

    def test_another_union_s_leaf(self) -> None:
        texts = [a_leaf(a_release(), "membership of M1", iss=U3)]
        assert refused(shown(texts)[0]) == (MALFORMED, ("iss",))

    @pytest.mark.parametrize(("of", "path"), [("size", ("manifest", "size")), ("more", ("manifest", "more"))])
    def test_the_manifest_s_own_claims(self, of: str, path: tuple[str, ...]) -> None:
        claims = statements.read_any(parts(self.text)[0]).claims
        claims["manifest"] |= {"size": 0} if of == "size" else {"more": 1}
        jws = statements.sign_claims(encoding.dumps(claims), acts.ReleaseManifest.typ, KEY)
        assert refused(put(self.text, 0, jws)) == (MALFORMED, path)

    def test_times_of_both(self) -> None:
        old = shown(some_leaves(), iat=NOW - timedelta(days=1))[1]
        assert refused(old) == (StatementCode.STATEMENT_EXPIRED, ("exp",))
        issued = int(NOW.timestamp())
        texts = [a_leaf(a_release(), "membership of M1", iat=issued - 9000, exp=issued - 8000)]
        assert refused(shown(texts)[0]) == (StatementCode.STATEMENT_EXPIRED, ("exp",))

    def test_hub_of_both(self) -> None:
        assert refused(shown(some_leaves(), aud="https://other.test")[1]) == (MALFORMED, ("aud",))
        texts = [a_leaf(a_release(), "membership of M1", aud="https://other.test")]
        assert refused(shown(texts)[0]) == (MALFORMED, ("aud",))

    def test_reason_and_receiver_are_the_manifest_s(self) -> None:
        texts = some_leaves()
        other = shown(texts, a_manifest(texts, reason_code=Code("PLACEMENT")))[0]
        assert refused(other) == (TAMPERED, ("manifest", "reason_code"))
        away = shown(texts, a_manifest(texts, receiving_union=U3))[0]
        assert refused(away) == (TAMPERED, ("manifest", "receiving_union"))
        assert opened(shown(texts, a_manifest(texts, receiving_union=None))[0])


class TestProof:
    """Both sides by manifest: offline, leaf by leaf."""

    def steps(self, **facts: Any) -> list[Any]:
        texts = some_leaves(5)
        released = shown(texts, key=U1_KEY, iat=RELEASED_AT)[0]
        sha256 = Sha256(statements.read_any(released).sha256)
        said: dict[str, Any] = {"handoff_id": a_uuid("handoff"), "release_sha256": sha256}
        taken = an_accepted_leaf(facts.pop("bound", sha256), int(ACCEPTED_AT.timestamp()))
        manifest = acts.AcceptanceManifest(
            batch_id=a_uuid("batch"),
            size=a_manifest([taken, taken]).size,
            root_sha256=leaves.root_of([taken, taken]),
            reason_code=Code("CHANGE_OF_EMPLOYER"),
        )
        accepted = shown([taken, taken], manifest, key=U2_KEY, iss=U2, iat=ACCEPTED_AT)[1]
        return [
            receipted(released, RELEASED_AT, **said, state_after=Code("RELEASED"), custody_version_after=1),
            receipted(
                accepted,
                ACCEPTED_AT,
                **said,
                acceptance_sha256=statements.read_any(accepted).sha256,
                state_after=Code("ACCEPTED"),
                custody_version_after=2,
            ),
        ]

    def test_a_handoff_by_manifests_is_proved(self) -> None:
        proved = verify_proof(write(a_proof(self.steps())), HUB_KEYS)
        assert (proved.state, proved.custody_version, proved.releasing_union) == ("ACCEPTED", 2, U1)
        assert [step.act for step in proved.steps] == ["release", "accept"]

    def test_the_acceptance_binds_this_leaf(self) -> None:
        other = Sha256(encoding.sha256_b64url(b"another"))
        with pytest.raises(ProofError):
            verify_proof(write(a_proof(self.steps(bound=other))), HUB_KEYS)
