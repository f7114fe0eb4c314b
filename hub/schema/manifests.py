"""Manifests in the schema: many releases or acceptances under one signature, and their drafts (domain 4.7)."""

from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry import UNSET

from federation.leaves import PAGE_MAX, Page
from hub.schema.arguments import Statement, fresh
from hub.schema.connections import FIRST_DEFAULT, FIRST_MAX, PageInfo
from hub.schema.context import Info
from hub.schema.faults import BadUserInput
from hub.schema.fields import act, told
from hub.schema.ids import decode_id
from hub.schema.types.inputs import given_of
from hub.schema.types.manifest_inputs import AcceptManifestDraft, ManifestPage, ReleaseManifestDraft
from hub.schema.types.manifests import BatchResult, HandoffBatch, LeafDraft, ManifestDraft
from hub.transfers.desk import drafting_manifests as drafting
from hub.transfers.desk import manifests
from hub.transfers.views_manifests import ManifestDraft as DraftView

__all__ = ["ManifestDrafts", "ManifestMutations"]

_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statements are to say.")
_PAGE = strawberry.argument(description="清册的一页。\nA page of the manifest's leaves.")
_NOBODY = UUID(int=0)

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"每页条数，1 至 {FIRST_MAX}，默认 {FIRST_DEFAULT}；指名的不受此限。\n"
        f"How many, from 1 to {FIRST_MAX}; if not given, {FIRST_DEFAULT}. Of those named, all."
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="上一页的 endCursor；不填从头开始。\n"
        "The `endCursor` of the page before; if not given, from the start."
    ),
]


@strawberry.type
class ManifestMutations:
    """The acts by manifest."""

    @act(
        "按清册批量转出：一次签署，每份分别办理，可分页、可重交。",
        "Releases many members under one signature, a page of leaves at a time. Each is an act by itself.",
    )
    async def release_manifest(
        self, info: Info, statement: Statement, page: Annotated[ManifestPage, _PAGE]
    ) -> BatchResult:
        """Release."""
        context = fresh(info)
        view = await manifests.release_manifest(context.hub, context.caller, statement, _page(page))
        return HandoffBatch.of(view)

    @act(
        "按清册批量接收：一次签署，每份分别办理，可分页、可重交。",
        "Takes in many members under one signature, a page of leaves at a time. Each is an act by itself.",
    )
    async def accept_manifest(
        self, info: Info, statement: Statement, page: Annotated[ManifestPage, _PAGE]
    ) -> BatchResult:
        """Accept."""
        context = fresh(info)
        view = await manifests.accept_manifest(context.hub, context.caller, statement, _page(page))
        return HandoffBatch.of(view)


@strawberry.type
class ManifestDrafts:
    """The drafts of manifests."""

    @told("起草批量转出的清册。", "Drafts a manifest of releases.")
    async def draft_release_manifest(
        self, info: Info, asked: Annotated[ReleaseManifestDraft, _INPUT], first: First = UNSET, after: After = UNSET
    ) -> ManifestDraft:
        """Draft releases."""
        given = given_of(asked)
        page = _list(info, "releaseManifest", first, after, narrowed_by=given["reason_code"])
        given |= {"after": page.after and page.after[0], "limit": page.first}
        _check_named(given["members"])
        return _drafted(page, await drafting.draft_release_manifest(info.context.hub, info.context.caller, given))

    @told("起草批量接收的清册。", "Drafts a manifest of acceptances.")
    async def draft_accept_manifest(
        self, info: Info, asked: Annotated[AcceptManifestDraft, _INPUT], first: First = UNSET, after: After = UNSET
    ) -> ManifestDraft:
        """Draft acceptances."""
        given = given_of(asked)
        page = _list(info, "acceptManifest", first, after, narrowed_by=given["reason_code"])
        given |= {"after": page.after and page.after[0], "limit": page.first}
        _check_named(given["handoff_ids"])
        if given["handoff_ids"] is not None:
            given["handoff_ids"] = [decode_id(one, "Handoff") or _NOBODY for one in given["handoff_ids"]]
            given["limit"] = max(page.first, len(given["handoff_ids"]))
        return _drafted(page, await drafting.draft_acceptance_manifest(info.context.hub, info.context.caller, given))


def _page(page: ManifestPage) -> Page:
    return Page(page.first, tuple(page.leaves), tuple(page.hashes))


def _list(info: Info, name: str, first: Any, after: Any, *, narrowed_by: str) -> Any:
    context = info.context
    return context.cursors.page(
        union_id=context.caller.union_id,
        list_name=name,
        kinds=(UUID,),
        first=first,
        after=after,
        narrowed_by=narrowed_by,
    )


def _check_named(named: list[Any] | None) -> None:
    if named is not None and not 1 <= len(named) <= PAGE_MAX:
        raise BadUserInput(f"From 1 to {PAGE_MAX} may be named.", argument="input")


def _drafted(page: Any, view: DraftView) -> ManifestDraft:
    end = None if view.after is None else page.cursors.seal((view.after,), page.scope)
    return ManifestDraft(
        typ=view.typ,
        claims=view.claims,
        leaves=[LeafDraft.of(leaf) for leaf in view.leaves],
        page_info=PageInfo(
            has_next_page=end is not None,
            has_previous_page=page.after is not None,
            start_cursor=None,
            end_cursor=cast("str | None", end),
        ),
    )
