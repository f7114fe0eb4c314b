"""The schema of the hub, made once per process; hub.graphql beside it is its golden text."""

from typing import Final

import strawberry
from strawberry.federation import Schema
from strawberry.schema.config import StrawberryConfig

from hub.schema.certificates import CertificateDrafts, CertificateReads
from hub.schema.counts import Counts
from hub.schema.drafts import Drafts
from hub.schema.endings import EndingDrafts, EndingReads
from hub.schema.entrustments import EntrustmentDrafts, EntrustmentReads
from hub.schema.executor import plain_executor, plain_fields
from hub.schema.histories import HistoryDrafts, HistoryReads
from hub.schema.limits import Limits
from hub.schema.manifests import ManifestDrafts
from hub.schema.mutations import Mutation
from hub.schema.policies import PolicyDrafts, PolicyReads
from hub.schema.prints import PrintDrafts, PrintReads
from hub.schema.queries import Reads
from hub.schema.refusals import RefusalHandler
from hub.schema.scalars import SCALARS
from hub.schema.seconding import SecondmentDrafts, SecondmentReads
from hub.schema.winding import WindingDrafts

__all__ = ["LIMITS", "make_schema", "sdl"]

#: Lists that have no `first`, and how long they are taken to be when a request's cost is added up.
LIMITS: Final = Limits(
    list_sizes={
        "Handoff.steps": 5,
        "Explanation.steps": 5,
        "Explanation.next": 4,
        "Certificate.transferColumn": 5,
        "Member.certificates": 2,
        "Certificate.retentionColumn": 1,
        "Member.retentions": 1,
        "Retention.steps": 2,
        "Secondment.steps": 5,
        "Member.holdings": 5,
        "Member.warnings": 1,
        "Member.endings": 2,
        "Ending.warnings": 1,
        "Ending.missingPapers": 3,
        "Filing.missingPapers": 3,
        "Union.keys": 5,
        "EntrustmentAgreement.steps": 5,
        "Member.careRecords": 5,
        "Member.duesRecords": 12,
        "Query.responsibilities": 6,
        "HandoffBatch.outcomes": 500,
        # Each of as many as were asked for; up to 500 may be named.
        "ManifestDraft.leaves": 5,
        "LeafDraft.refusals": 2,
        "ProvincePolicy.values": 14,
        "PolicyValue.choices": 1,
        "PolicyVersion.settings": 5,
    },
    # In kilobytes, about.
    weights={
        "Handoff.proof": 100,
        "History.proof": 50,
        "EntrustmentAgreement.document": 20,
        "Step.statement": 5,
        "Step.receipt": 5,
    },
)


@strawberry.type(
    description="查询与起草；均不改变会籍。\nReads and drafts. Nothing here changes anything about a membership."
)
class Query(
    Reads,
    Counts,
    CertificateReads,
    EndingReads,
    PrintReads,
    EntrustmentReads,
    HistoryReads,
    SecondmentReads,
    PolicyReads,
    Drafts,
    CertificateDrafts,
    PrintDrafts,
    EndingDrafts,
    EntrustmentDrafts,
    HistoryDrafts,
    SecondmentDrafts,
    WindingDrafts,
    ManifestDrafts,
    PolicyDrafts,
):
    """Everything that can be asked."""


def make_schema() -> Schema:
    """Give the schema. No entities yet: another subgraph can't refer to ours before there is one."""
    executor = plain_executor()
    schema = Schema(
        query=Query,
        mutation=Mutation,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        exception_handlers=[RefusalHandler()],
        execution_context_class=executor,
        federation_version="2.9",
    )
    executor.plains = plain_fields(schema._schema)  # noqa: SLF001
    return schema


def sdl(schema: Schema | None = None) -> str:
    """Give the schema's text, as `unionhub sdl` and /schema.graphql do."""
    return f"{(schema or make_schema()).as_str()}\n"
