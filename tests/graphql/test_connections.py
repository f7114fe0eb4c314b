"""Lists by keyset with cursors of the hub's own, and ids that tell nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st

from hub.authz.tokens import Caller
from hub.schema.connections import FIRST_MAX, Connection, Cursors, Keys, connect
from hub.schema.faults import BadUserInput
from hub.schema.ids import decode_id, encode_id, open_id
from tests.graphql import small_hub
from tests.graphql.conftest import SmallClient, client

LIST = """query ($first: Int, $after: String, $name: String! = "") {
  chapters(first: $first, after: $after, name: $name) {
    edges {cursor node {number}} pageInfo {hasNextPage hasPreviousPage startCursor endCursor} } }"""


async def page(hub: SmallClient, **variables: Any) -> tuple[list[int], dict[str, Any]]:
    connection = (await hub.data(LIST, variables))["chapters"]
    return [edge["node"]["number"] for edge in connection["edges"]], connection["pageInfo"]


async def test_pages_follow_one_another_to_the_end(hub: SmallClient) -> None:
    seen: list[int] = []
    after = None
    for _ in range(small_hub.CHAPTERS):
        numbers, info = await page(hub, first=60, after=after)
        assert info["hasPreviousPage"] is (after is not None)
        seen += numbers
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break

    assert seen == list(range(small_hub.CHAPTERS))


async def test_twenty_without_first_and_none_after_the_last(hub: SmallClient) -> None:
    numbers, info = await page(hub)
    assert numbers == list(range(20))

    numbers, info = await page(hub, first=100, after=small_hub.CURSORS.seal((249, UUID(int=249)), scope()))
    assert numbers == []
    assert info == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}


async def test_the_same_page_is_the_same_bytes(hub: SmallClient) -> None:
    first = await hub.ask(LIST, {"first": 3})
    second = await hub.ask(LIST, {"first": 3})

    assert first.content == second.content


@pytest.mark.attack("G14")
@pytest.mark.parametrize("first", [0, -1, FIRST_MAX + 1, 1_000_000, 2**31 - 1])
async def test_first_is_1_to_100(hub: SmallClient, first: int) -> None:
    code, message = await hub.refused(LIST, {"first": first})

    assert code == "BAD_USER_INPUT"
    assert message == "`first` must be from 1 to 100."


@pytest.mark.attack("G14")
@pytest.mark.parametrize("first", [2**31, 1.5, "1", True, [1], {}])
async def test_first_is_an_int(hub: SmallClient, first: Any) -> None:
    code, message = await hub.refused(LIST, {"first": first})

    assert code == "BAD_USER_INPUT"
    assert "$first" in message


def scope(union_id: UUID = small_hub.UNION_ID, list_name: str = "chapters", name: str = "") -> bytes:
    return small_hub.CURSORS.page(
        union_id=union_id, list_name=list_name, narrowed_by=name, kinds=(int, UUID), first=1, after=None
    ).scope


GOOD_KEYS: Keys = (4, UUID(int=4))


@pytest.mark.attack("G14")
@pytest.mark.parametrize(
    "after",
    [
        "",
        "arrayconnection:5",
        "YXJyYXljb25uZWN0aW9uOjU",
        "x" * 10_000,
        "é",
        " " + small_hub.CURSORS.seal(GOOD_KEYS, scope()),
        small_hub.CURSORS.seal(GOOD_KEYS, scope()) + "=",
        small_hub.CURSORS.seal(GOOD_KEYS, scope())[:-1],
        small_hub.CURSORS.seal(GOOD_KEYS, scope())[:-1] + "!",
        Cursors(b"d" * 32).seal(GOOD_KEYS, scope()),
        small_hub.CURSORS.seal(GOOD_KEYS, scope(list_name="otherChapters")),
        small_hub.CURSORS.seal(GOOD_KEYS, scope(union_id=small_hub.OTHER_UNION_ID)),
        small_hub.CURSORS.seal(GOOD_KEYS, scope(name="x")),
        small_hub.CURSORS.seal((4,), scope()),
        small_hub.CURSORS.seal(("4", UUID(int=4)), scope()),
    ],
)
async def test_a_cursor_that_is_not_this_lists_is_refused(hub: SmallClient, after: str) -> None:
    code, message = await hub.refused(LIST, {"after": after})

    assert code == "BAD_USER_INPUT"
    assert message == "`after` is not a cursor of this list."


@pytest.mark.attack("G14")
async def test_cursors_go_to_no_other_list_filter_or_union(hub: SmallClient) -> None:
    _, info = await page(hub, first=1)
    cursor = info["endCursor"]

    assert (await hub.refused("query ($c: String!) {otherChapters(after: $c)}", {"c": cursor}))[0] == "BAD_USER_INPUT"
    assert (await hub.refused(LIST, {"after": cursor, "name": "x"}))[0] == "BAD_USER_INPUT"
    other = Caller(union_id=small_hub.OTHER_UNION_ID, union="urn:union:local:11:99110000MC00000010-02", kid="k")
    async with client(token=small_hub.a_token(other)) as stranger:
        assert (await stranger.refused(LIST, {"after": cursor}))[0] == "BAD_USER_INPUT"
    numbers, _ = await page(hub, first=1, after=cursor)
    assert numbers == [1]


@pytest.mark.attack("G14")
def test_every_changed_character_of_a_cursor_is_noticed() -> None:
    cursor = small_hub.CURSORS.seal(GOOD_KEYS, scope())
    for place in range(len(cursor)):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(BadUserInput):
            small_hub.CURSORS.open(changed, scope(), (int, UUID))


KEY_VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.uuids(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(KEY_VALUES, min_size=1, max_size=5).map(tuple))
def test_keys_come_out_as_they_went_in(keys: Keys) -> None:
    cursors = Cursors(b"k" * 32)
    kinds = tuple(int if key is None else type(key) for key in keys)

    assert cursors.open(cursors.seal(keys, b"scope"), b"scope", kinds) == keys


def test_a_cursor_shows_nothing_of_its_keys() -> None:
    cursor = small_hub.CURSORS.seal(("张三", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)), b"")

    assert small_hub.CURSORS.open(cursor, b"", (str, date, datetime)) == (
        "张三",
        date(2026, 1, 1),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    from base64 import urlsafe_b64decode

    raw = urlsafe_b64decode(cursor + "==")
    assert b"2026" not in raw
    assert "张".encode() not in raw


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Cursors(b"short")


@strawberry.type
class Entry:
    number: int


@strawberry.type(name="DocketConnection")
class DocketConnection(Connection[Entry]):
    """A list may have another name than its entries."""


def test_connections_are_named_after_their_nodes_or_as_a_subclass_says() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def entries(self, first: int | None = strawberry.UNSET) -> Connection[Entry]:
            page = small_hub.CURSORS.page(
                union_id=uuid4(), list_name="entries", kinds=(int,), first=first, after=strawberry.UNSET
            )
            connection: Connection[Entry] = connect(
                page, [1, 2][: page.limit], key=lambda row: (row,), node=lambda row: Entry(number=row)
            )
            return connection

        @strawberry.field
        def docket(self) -> DocketConnection:
            page = small_hub.CURSORS.page(union_id=uuid4(), list_name="docket", kinds=(int,), first=1, after=None)
            connection: DocketConnection = connect(
                page, [1, 2], key=lambda row: (row,), node=lambda row: Entry(number=row), into=DocketConnection
            )
            return connection

    schema = strawberry.federation.Schema(Query, federation_version="2.9")
    result = schema.execute_sync(
        "{entries {__typename edges {__typename}} docket {__typename edges {node {number}} pageInfo {hasNextPage}}}"
    )

    assert result.errors is None
    assert result.data == {
        "entries": {"__typename": "EntryConnection", "edges": [{"__typename": "EntryEdge"}] * 2},
        "docket": {
            "__typename": "DocketConnection",
            "edges": [{"node": {"number": 1}}],
            "pageInfo": {"hasNextPage": True},
        },
    }
    assert "entries(first: Int): EntryConnection!" in str(schema)


@given(st.uuids())
def test_ids_open_to_what_they_were_made_of(key: UUID) -> None:
    made = encode_id("Member", key)

    assert decode_id(made, "Member") == key
    assert open_id(made) == ("Member", key)
    assert decode_id(made, "Handoff") is None


@pytest.mark.attack("Z09")
@pytest.mark.parametrize(
    "forged",
    [
        "",
        "1",
        "7",
        "10000",
        "Chapter:1",
        "Q2hhcHRlcjox",
        "=" * 8,
        "é",
        "\x00",
        "A" * 10_000,
        str(UUID(int=3)),
        encode_id("Member", UUID(int=3)),
        encode_id("chapter", UUID(int=3)),
        encode_id("Chapter", UUID(int=3)) + "=",
        encode_id("Chapter", UUID(int=3)) + "\n",
        encode_id("Chapter", UUID(int=3))[:-1],
        " " + encode_id("Chapter", UUID(int=3)),
        encode_id("Chapter", UUID(int=2**100)),
    ],
)
async def test_a_forged_id_is_answered_like_an_unknown_one(hub: SmallClient, forged: str) -> None:
    response = await hub.ask("query ($id: ID!) {chapter(id: $id) {number}}", {"id": forged})

    assert response.status_code == 200
    assert response.content == b'{"data":{"chapter":null}}'


@pytest.mark.attack("Z09")
@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_ids(text: str) -> None:
    assert open_id(text) is None
