"""What must hold of custody whatever has happened (I1, I2, I4, I5), asked of the tables themselves."""

from __future__ import annotations

from typing import Any, Final

#: Each gives the rows that break it.
BROKEN: Final = {
    "I1: the holder is the one of the interval that is open": """
        select m.membership_id from hub.memberships m
         where m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')
          and (1 <> (select count(*) from hub.holdings h where h.member_id = m.member_id
                        and h.membership_id = m.membership_id and upper_inf(h.during)
                        and h.holder_union = m.holder_union and h.custody_version = m.custody_version
                        and lower(h.during) = m.held_since)
            or 1 <> (select count(*) from hub.holdings h
                      where h.membership_id = m.membership_id and upper_inf(h.during)))""",
    "I1: what has ended has no holding that is open": """
        select m.membership_id from hub.memberships m join hub.holdings h on h.membership_id = m.membership_id
         where m.status not in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')
           and (upper_inf(h.during) or m.open_handoff is not null)""",
    "an ending is where the membership stands, and its holding ended with it": """
        select m.membership_id from hub.memberships m
          left join hub.endings e on e.membership_id = m.membership_id
               and e.ending_no = (select count(*) from hub.endings c where c.membership_id = m.membership_id)
         where coalesce(e.act <> 'reverse', false)
               <> (m.status in ('WITHDRAWN', 'DEEMED_WITHDRAWN', 'EXPELLED', 'DECEASED'))
            or (e.act <> 'reverse' and e.to_state <> m.status)
        union all
        select e.membership_id from hub.endings e where 1 <> (
               select count(*) from hub.holdings h
                where h.membership_id = e.membership_id and h.holder_union = e.union_id
                  and case e.act when 'reverse' then lower(h.during) else upper(h.during) end = e.at)""",
    "endings follow one another": """
        select e.membership_id from hub.endings e
         where e.ending_no > 1 and not exists (select from hub.endings p where p.membership_id = e.membership_id
               and p.ending_no = e.ending_no - 1 and (p.act = 'reverse') <> (e.act = 'reverse') and p.at < e.at)""",
    "an ending has its statement, by the last holder": """
        select e.membership_id from hub.endings e where not exists (select from hub.statements t
               where t.sha256 = e.sha256 and t.membership_id = e.membership_id and t.iss = e.union_id)""",
    "I13: an expulsion stands where its last step led, and was decided, filed, collected in this order": """
        select e.membership_id from hub.endings e
          left join hub.expulsion_steps s on s.membership_id = e.membership_id and s.ending_no = e.ending_no
                                         and s.step_no = e.expulsion_step
         where s.to_state is distinct from e.expulsion_state
            or (select count(*) from hub.expulsion_steps c where c.membership_id = e.membership_id
                   and c.ending_no = e.ending_no) <> coalesce(e.expulsion_step, 0)
            or (e.to_state = 'EXPELLED' and e.decision_sha256 is null)
            or e.filed_on < e.ended_on or (e.to_state = 'EXPELLED' and e.collected_on < e.filed_on)
            or (e.expulsion_state in ('FILED', 'COLLECTED')) > (e.filed_on is not null)
            or (e.expulsion_state = 'DECIDED' and e.filed_on is not null)""",
    "A23: proposals follow one another, by the holder; what is decided has ended on that opinion": """
        select p.membership_id from hub.expulsion_proposals p
          left join hub.expulsion_proposals b on b.membership_id = p.membership_id and b.step_no = p.step_no - 1
          left join hub.statements t on t.sha256 = p.sha256 and t.membership_id = p.membership_id
          left join hub.holdings h on h.membership_id = p.membership_id and h.custody_version = p.custody_version
          left join hub.endings e on e.membership_id = p.membership_id and e.sha256 = p.sha256
         where (p.from_state = 'PROPOSED' and (b.to_state, b.custody_version, b.opinion_sha256)
                                              is distinct from ('PROPOSED', p.custody_version, p.opinion_sha256))
            or (p.step_no > 1) <> (b.at is not null) or b.at >= p.at or t.iss is distinct from p.union_id
            or h.holder_union is distinct from p.union_id
            or (p.act = 'decide' and (e.expulsion_state is null or e.opinion_sha256 <> p.opinion_sha256))""",
    "A23: the union above sees what was filed with it, and nothing else": """
        select e.membership_id from hub.endings e
          left join hub.filings f on f.membership_id = e.membership_id and f.ending_no = e.ending_no
          left join hub.unions u on u.union_id = e.union_id
         where (e.filed_on is null) <> (f.membership_id is null) or f.sha256 is distinct from e.filing_sha256
            or (f.higher_union is not null and f.higher_union <> u.parent_union)""",
    "I3: one live membership per ID number, and the number leads to it": """
        select i.id_hash::text from hub.person_ids i join hub.memberships m on m.member_id = i.member_id
         where m.status in ('ACTIVE', 'RETAINED') group by i.id_hash having count(distinct m.membership_id) > 1
        union all
        select m.membership_id::text from hub.memberships m join hub.person_ids i on i.member_id = m.member_id
         where m.status in ('ACTIVE', 'RETAINED') and not exists (
               select from hub.identity_claims c where c.id_hash = i.id_hash and c.member_id = m.member_id)""",
    "A3: a suspected one has no case, and is one of an open pair with a live one": """
        select m.membership_id from hub.memberships m
         where m.status = 'DUPLICATE_SUSPECTED' and (m.open_handoff is not null or not exists (
               select from hub.duplicates d join hub.memberships o on o.membership_id = d.other_membership
                where d.membership_id = m.membership_id and d.pair_id = m.open_duplicate and d.closed_at is null
                  and o.open_duplicate = m.open_duplicate and o.status in ('ACTIVE', 'RETAINED')))""",
    "both of a pair are in it, or neither": """
        select d.membership_id from hub.duplicates d join hub.memberships m on m.membership_id = d.membership_id
          left join hub.duplicates o on o.membership_id = d.other_membership and o.pair_id = d.pair_id
         where o.other_membership is distinct from d.membership_id or o.closed_at is distinct from d.closed_at
            or (d.closed_at is null) <> (m.open_duplicate is not distinct from d.pair_id)""",
    "I2: each interval begins where the one before it ended, and the versions count them": """
        select h.membership_id from hub.holdings h
         where h.custody_version > 1 and not exists (
               select from hub.holdings p where p.membership_id = h.membership_id
                  and p.custody_version = h.custody_version - 1 and upper(p.during) = lower(h.during))
           and not exists (   -- a REVERSAL: the one gap that there may be
               select from hub.endings e join hub.holdings p on p.membership_id = e.membership_id
                where e.membership_id = h.membership_id and e.act = 'reverse' and e.at = lower(h.during)
                  and p.custody_version = h.custody_version - 1 and p.holder_union = h.holder_union
                  and upper(p.during) < lower(h.during))""",
    "A11: who amended a member's data held it then": """
        select a.membership_id from hub.amendments a
         where not exists (select from hub.holdings h where h.membership_id = a.membership_id
                              and h.holder_union = a.union_id and h.during @> a.at)""",
    "I4: the gate and the one open handoff agree": """
        select m.membership_id from hub.memberships m
         where m.open_handoff is distinct from (
               select h.handoff_id from hub.handoffs h where h.membership_id = m.membership_id and h.is_open)""",
    "I5: each holding but the first is that of an accepted handoff, from the holder before": """
        select h.membership_id from hub.holdings h
         where h.custody_version > 1 and 1 <> (
               select count(*) from hub.handoffs o join hub.holdings p
                   on p.membership_id = h.membership_id and p.custody_version = h.custody_version - 1
                where o.membership_id = h.membership_id and o.state = 'ACCEPTED' and o.to_union = h.holder_union
                  and o.from_union = p.holder_union and o.custody_version = p.custody_version)
           and not exists (select from hub.endings e where e.membership_id = h.membership_id
                              and e.act = 'reverse' and e.at = lower(h.during))""",
    "a handoff stands where its last step led": """
        select o.handoff_id from hub.handoffs o
          left join hub.steps s on s.handoff_id = o.handoff_id and s.step_no = o.step_no
         where s.to_state is distinct from o.state or o.is_open <> (o.state in ('REQUESTED', 'ESCALATED', 'RELEASED'))
            or (select count(*) from hub.steps c where c.handoff_id = o.handoff_id) <> o.step_no""",
    "steps follow one another": """
        select s.handoff_id from hub.steps s
         where s.step_no > 1 and not exists (select from hub.steps p
               where p.handoff_id = s.handoff_id and p.step_no = s.step_no - 1 and p.to_state = s.from_state)""",
    "both dockets show the handoff as it stands": """
        select o.handoff_id from hub.handoffs o
         where 2 <> (select count(*) from hub.dockets d where d.handoff_id = o.handoff_id and d.state = o.state
                        and d.step_no = o.step_no and d.union_id in (o.from_union, o.to_union)
                        and d.side in ('HOLDER', 'RECEIVER') and d.then_deadline is not distinct from o.then_deadline
                        and d.deadline is not distinct from o.deadline)""",
    "a receiver has the card of an open or an accepted case only": """
        select o.handoff_id from hub.handoffs o
         where (o.state in ('RELEASED', 'ACCEPTED')) <> exists (select from hub.cards c
               where c.handoff_id = o.handoff_id and c.union_id = o.to_union)
            or (o.release_sha256 is not null) <> exists (select from hub.cards c
               where c.handoff_id = o.handoff_id and c.union_id = o.from_union)""",
    "a step by a union has its statement, and every statement about a member is claimed": """
        select s.handoff_id from hub.steps s where (s.union_id is not null) <> exists (
               select from hub.statements t join hub.statement_claims c on c.jti = t.jti and c.iss = t.iss
                where t.sha256 = s.sha256 and c.sha256 = t.sha256)
        union all
        select t.membership_id from hub.statements t where not exists (
               select from hub.statement_claims c where c.jti = t.jti and c.iss = t.iss and c.sha256 = t.sha256)""",
    "I11: a coverage is of the dispatch union's own holding, within the term of an agreement that both signed": """
        select c.coverage_id from hub.coverages c
         where not exists (select from hub.holdings h where h.membership_id = c.membership_id
                              and h.custody_version = c.custody_version and h.holder_union = c.dispatch_union)
            or not exists (select from hub.entrustments e where e.agreement_id = c.agreement_id
                              and e.dispatch_union = c.dispatch_union and e.host_union = c.host_union
                              and e.in_force_from is not null and c.coverage_from >= e.starts_on
                              and c.coverage_to <= e.ends_on)""",
    "N3, N4: samples, loans and reports stand where their last step led, and steps follow one another": """
        select s.sample_id::text from hub.certificate_samples s
         where s.state is distinct from (select x.to_state from hub.print_steps x where x.machine = 'sample'
               and x.subject = s.sample_id::text order by x.step_no desc limit 1)
        union all
        select l.loan_id::text from hub.seal_loans l left join hub.print_steps x on x.machine = 'seal_loan'
               and x.subject = l.loan_id::text and x.step_no = l.step_no
         where x.to_state is distinct from l.state
        union all
        select r.province_code || r.year from hub.print_reports r left join hub.print_steps x
               on x.machine = 'print_report' and x.subject = r.province_code || '/' || r.year and x.step_no = r.step_no
         where x.to_state is distinct from r.state
        union all
        select x.subject from hub.print_steps x where x.step_no > 1 and not exists (select from hub.print_steps p
               where p.machine = x.machine and p.subject = x.subject and p.step_no = x.step_no - 1
                 and p.to_state = x.from_state)""",
    "N3–N5: a run is after its printer's choice and its sample's approval, under a loan; what is lost lies in it": """
        select r.run_id from hub.print_runs r
          left join hub.printer_choices c on c.province_code = r.province_code and c.sample_id = r.sample_id
               and c.chosen_on = (select max(x.chosen_on) from hub.printer_choices x
                                   where x.province_code = r.province_code and x.chosen_on <= r.printed_on)
          left join hub.certificate_samples s on s.sample_id = c.sample_id and s.approved_on <= c.chosen_on
          left join hub.seal_loans l on l.loan_id = r.loan_id and l.union_id = r.union_id
               and l.approved_on <= r.printed_on
         where s.sample_id is null or l.loan_id is null
        union all
        select l.loss_id from hub.stock_losses l left join hub.print_runs r on r.run_id = l.run_id
               and r.province_code = l.province_code and r.numbers @> l.numbers
         where r.run_id is null""",
    "A9: an agreement stands where its last step led, and its steps follow one another": """
        select e.agreement_id from hub.entrustments e
          left join hub.entrustment_steps s on s.agreement_id = e.agreement_id and s.step_no = e.step_no
         where s.to_state is distinct from e.state
        union all
        select s.agreement_id from hub.entrustment_steps s
         where s.step_no > 1 and not exists (select from hub.entrustment_steps p where p.agreement_id = s.agreement_id
                  and p.step_no = s.step_no - 1 and p.to_state = s.from_state)""",
    "A9: who recorded anything of a member held it, or was entrusted with it, then": """
        select r.record_id from hub.care_records r
         where not exists (select from hub.holdings h where h.membership_id = r.membership_id
                              and h.holder_union = r.union_id and h.during @> r.at)
           and not exists (select from hub.coverages c where c.membership_id = r.membership_id
                              and c.host_union = r.union_id and c.agreement_id = r.agreement_id
                              and c.covered_at <= r.at and coalesce(c.ended_at, 'infinity') > r.at)""",
    "the status of now is the one of the span that is open": """
        select m.membership_id from hub.memberships m
         where 1 <> (select count(*) from hub.statuses s where s.member_id = m.member_id
                        and s.membership_id = m.membership_id and upper_inf(s.during) and s.status = m.status)""",
    "each status begins where the one before it ended, and the first with the first holding": """
        select s.membership_id from hub.statuses s
          join hub.holdings g on g.membership_id = s.membership_id and g.custody_version = 1
         where not case s.status_no when 1 then lower(s.during) = lower(g.during)
               else exists (select from hub.statuses p where p.membership_id = s.membership_id
                               and p.status_no = s.status_no - 1 and upper(p.during) = lower(s.during)
                               and p.status <> s.status) end""",
    "I10: who is retained has one open retention, and nobody else has but one that stands still as a duplicate": """
        select m.membership_id from hub.memberships m
         where m.status <> 'DUPLICATE_SUSPECTED' and (m.status = 'RETAINED') <> exists (select from hub.retentions r
               where r.membership_id = m.membership_id and r.state = 'RECORDED')""",
    "I10: who is placed, or seconded, is not retained": """
        select m.membership_id from hub.memberships m
         where m.status = 'RETAINED' and m.holding_basis in ('PLACEMENT', 'SECONDMENT')""",
    "a retention stands where its last step led": """
        select r.membership_id from hub.retentions r
          left join hub.retention_steps s on s.membership_id = r.membership_id and s.retention_no = r.retention_no
                                         and s.step_no = r.step_no
         where s.to_state is distinct from r.state or s.reason is distinct from r.reason
            or (select count(*) from hub.retention_steps c where c.membership_id = r.membership_id
                   and c.retention_no = r.retention_no) <> r.step_no""",
    "a step of a retention by a union has its statement": """
        select s.membership_id from hub.retention_steps s where (s.union_id is not null) <> exists (
               select from hub.statements t where t.sha256 = s.sha256 and t.membership_id = s.membership_id
                  and t.iss = s.union_id)""",
    "A14: who holds on a secondment is the host of one that lasts, and nobody else is": """
        select m.membership_id from hub.memberships m
         where m.status in ('ACTIVE', 'RETAINED') and (m.holding_basis = 'SECONDMENT') <> exists (
               select from hub.secondments s where s.membership_id = m.membership_id
                  and s.state in ('AT_HOST', 'RETURN_DUE') and s.host_version = m.custody_version
                  and s.host_union = m.holder_union)""",
    "I12: while a secondment lasts a release goes home": """
        select h.handoff_id from hub.handoffs h
          join hub.memberships m on m.membership_id = h.membership_id and m.open_handoff = h.handoff_id
          join hub.secondments s on s.membership_id = m.membership_id and s.state in ('AT_HOST', 'RETURN_DUE')
                                and s.host_version = m.custody_version
         where h.state = 'RELEASED' and (h.to_union <> s.home_union or h.reason_code <> 'SECONDMENT_RETURN')""",
    "a secondment stands where its last step led": """
        select s.membership_id from hub.secondments s
          left join hub.secondment_steps t on t.membership_id = s.membership_id and t.secondment_no = s.secondment_no
                                          and t.step_no = s.step_no
         where t.to_state is distinct from s.state or t.ends_on is distinct from s.ends_on
            or (select count(*) from hub.secondment_steps c where c.membership_id = s.membership_id
                   and c.secondment_no = s.secondment_no) <> s.step_no""",
    "a step of a secondment by a union has its statement": """
        select s.membership_id from hub.secondment_steps s where (s.union_id is not null) <> exists (
               select from hub.statements t where t.sha256 = s.sha256 and t.membership_id = s.membership_id
                  and t.iss = s.union_id)""",
    "the person is with the holder of the live membership": """
        select p.member_id from hub.persons p join hub.memberships m on m.member_id = p.member_id
         where m.status in ('ACTIVE', 'RETAINED') and m.holder_union <> p.holder_union""",
}


async def assert_whole(superuser: Any) -> None:
    """Ask everything, of every membership."""
    for claim, query in BROKEN.items():
        assert await superuser.fetch(query) == [], claim
