"""`has`: facts of a concept exist. Silence is unknown; only a statement of absence is a no."""

from __future__ import annotations

from collections.abc import Callable

Decide = Callable[..., None]


def test_presence_absence_and_silence(decide: Decide) -> None:
    """Only what the record says is absent is not met; what it does not say is unknown."""
    decide(
        "has: diabetes",
        table="""
        name         | facts                                      | finding
        said         | diabetes @ 2024-05-01                      | met
        undated      | diabetes                                   | met
        denied       | no diabetes @ 2025-05-01                   | not met
        silent       |                                            | unknown: silent
        other        | fever @ 2025-05-01                         | unknown: silent
        suspected    | possible diabetes @ 2025-05-01             | unknown: incomplete
        family       | family diabetes @ 2025-05-01               | unknown: silent
        planned      | planned diabetes                           | unknown: silent
        hypothetical | if diabetes                                | unknown: silent
        sought       | undocumented diabetes @ 2025-05-01         | unknown: sought_and_absent
        a letter     | letter diabetes @ 2025-05-01               | unknown: claimed_only
        the question | question diabetes                          | unknown: claimed_only
        the payer    | payer diabetes                             | unknown: claimed_only
        payer's no   | payer no diabetes @ 2025-05-01             | unknown: silent
        a code only  | code-only diabetes @ 2025-05-01            | unknown: claimed_only
        letter, note | letter diabetes; diabetes @ 2025-05-01     | met
        past         | resolved diabetes @ 2020                   | met
        not yet      | diabetes @ 2026-01-01                      | unknown: silent
    """,
    )


def test_several_concepts(decide: Decide) -> None:
    """Any of several is enough; to be not met, each must be denied, or each must fail. One that is
    not mentioned keeps it open. A denial of one is no contradiction of another."""
    decide(
        "has: [fever, diabetes]",
        table="""
        name            | facts                                           | finding
        one, not other  | fever @ 2025-05-01; no diabetes @ 2025-05-01    | met
        the same        | fever @ 2025-05-01; no fever @ 2025-05-01       | unknown: disputed
        both denied     | no fever @ 2025-05-01; no diabetes @ 2025-05-01 | not met
        one denied, one not mentioned | no fever @ 2025-05-01             | unknown: silent
    """,
    )
    decide(
        "{has: [topiramate, propranolol], ended_because: no-response}",
        table="""
        name                        | facts                                                                       | finding
        one so, one not             | topiramate ended_because:no-response; propranolol ended_because:intolerance | met
        both fail                   | topiramate ended_because:intolerance; propranolol ended_because:intolerance | not met
        one fails, one is denied    | topiramate ended_because:intolerance; no propranolol                        | unknown: incomplete
        one fails, one not mentioned | topiramate ended_because:intolerance                                       | unknown: incomplete
    """,
    )
    decide(
        "{has: [fever, diabetes], silence: absent, given: [pneumonia], because: It would be named.}",
        table="""
        name            | facts                                           | finding
        closed by what is said instead | no fever @ 2025-05-01; pneumonia @ 2025-05-01 | not met: closed_world
    """,
    )


def test_relatives_and_plans(decide: Decide) -> None:
    """Said of a relative, or planned: asked for by name, it counts; nothing there is ever denied."""
    decide(
        "{has: diabetes, said_of: family}",
        table="""
        name         | facts                                      | finding
        family       | family diabetes @ 2025-05-01               | met
        the patient  | diabetes @ 2024-05-01                      | unknown: silent
        denied       | no diabetes @ 2025-05-01                   | unknown: silent
        silent       |                                            | unknown: silent
    """,
    )
    decide(
        "{has: topiramate, said_of: plan}",
        table="""
        name         | facts                                      | finding
        planned      | planned topiramate                         | met
        taken        | topiramate @ 2024-05-01                    | unknown: silent
        denied       | no topiramate @ 2025-05-01                 | unknown: silent
    """,
    )


def test_kinds_of_a_concept(decide: Decide) -> None:
    """A narrower fact is enough; the absence of a broader one is absence, of a narrower one is not."""
    decide(
        "has: transplant",
        table="""
        name            | facts                                                | finding
        narrower        | lung-transplant @ 2020-01-01                         | met
        itself denied   | no transplant @ 2025-05-01                           | not met
        narrower denied | no lung-transplant @ 2025-05-01                      | unknown: silent
    """,
    )
    decide(
        "has: lung-transplant",
        table="""
        name            | facts                                                | finding
        broader present | transplant @ 2020-01-01                              | unknown: silent
        broader denied  | no transplant @ 2025-05-01                           | not met
    """,
    )
    decide(
        "has: [lung-transplant, kidney-transplant]",
        table="""
        name            | facts                                                | finding
        one of them     | kidney-transplant @ 2020-01-01                       | met
        one denied      | no lung-transplant @ 2025-05-01                      | unknown: silent
        both denied     | no lung-transplant @ 2025-05-01; no kidney-transplant @ 2025-05-01 | not met
    """,
    )


def test_contradictions_are_unknown_with_both_shown(decide: Decide) -> None:
    """A disease persists, so a later denial contradicts it; a symptom comes and goes."""
    decide(
        "has: diabetes",
        table="""
        name           | facts                                            | finding
        later denial   | diabetes @ 2024-05-01; no diabetes @ 2025-05-01  | unknown: disputed
        same day       | diabetes @ 2025-05-01; no diabetes @ 2025-05-01  | unknown: disputed
        earlier denial | no diabetes @ 2023-05-01; diabetes @ 2024-05-01  | met
        denied since   | no diabetes @ 2023; diabetes @ 2024; no diabetes @ 2025-01 | unknown: disputed
        undated denial | diabetes @ 2024-05-01; no diabetes               | unknown: disputed
    """,
    )
    decide(
        "has: fever",
        table="""
        name           | facts                                            | finding
        later denial   | fever @ 2025-04-01; no fever @ 2025-05-01        | met
        same day       | fever @ 2025-05-01; no fever @ 2025-05-01        | unknown: disputed
        never had it   | fever @ 2025-04-01; no fever @ ..2025-05-01      | unknown: disputed
    """,
    )
    decide(
        "has: low-igg",
        table="""
        name           | facts                                            | finding
        opposite only  | high-igg @ 2025-05-01                            | not met
        both           | high-igg @ 2025-05-01; low-igg @ 2025-05-01      | unknown: disputed
        claimed opposite | question high-igg; low-igg @ 2025-05-01        | met
    """,
    )


def test_within_a_period(decide: Decide) -> None:
    """An event whose date is missing or too vague is in no window and out of none."""
    decide(
        "{has: pneumonia, within: 12 months}",
        table="""
        name             | facts                                  | finding
        inside           | pneumonia @ 2024-09-01                 | met
        first day        | pneumonia @ 2024-06-01                 | met
        the day before   | pneumonia @ 2024-05-31                 | unknown: incomplete
        undated          | pneumonia                              | unknown: incomplete
        year straddles   | pneumonia @ 2024                       | unknown: incomplete
        month inside     | pneumonia @ 2024-10                    | met
        silent           |                                        | unknown: silent
        denied today     | no pneumonia @ 2025-05-01              | unknown: silent
        never            | no pneumonia @ ..2025-05-01            | not met
        never, years ago | no pneumonia @ ..2021-05-01            | unknown: silent
        denied all along | no pneumonia @ 2024-06-01..2025-05-01  | not met
        denied half      | no pneumonia @ 2024-12-01..2025-05-01  | unknown: silent
    """,
    )


def test_counted_episodes(decide: Decide) -> None:
    """Undated mentions may all be one; two of a day are one; more may have happened unsaid."""
    decide(
        "{has: infection, times: {at_least: 2}, within: 12 months}",
        table="""
        name          | facts                                                     | finding
        two           | pneumonia @ 2024-09-01; infection @ 2025-02-01            | met
        one           | pneumonia @ 2024-09-01                                    | unknown: incomplete
        same day      | pneumonia @ 2024-09-01; infection @ 2024-09-01            | unknown: incomplete
        one and stale | pneumonia @ 2024-09-01; infection @ 2020-02-01            | unknown: incomplete
        counted       | pneumonia = 3 {count} @ 2025-03-01                        | met
        claimed       | pneumonia @ 2024-09-01; letter infection @ 2025-02-01     | unknown: claimed_only
        denied today  | no infection @ 2025-05-01                                 | unknown: silent
        none ever     | no infection @ ..2025-05-01                               | not met
    """,
    )
    decide(
        "{has: infection, times: {at_least: 2}, apart: 14 days}",
        table="""
        name          | facts                                                     | finding
        far apart     | pneumonia @ 2024-09-01; pneumonia @ 2024-09-15            | met
        too near      | pneumonia @ 2024-09-01; pneumonia @ 2024-09-14            | unknown: incomplete
        undated       | pneumonia; infection                                      | unknown: incomplete
    """,
    )


def test_different_members_and_classes(decide: Decide) -> None:
    """Two names of one class are two members and one class; a class named alone is its member's."""
    decide(
        "{has: preventive, times: {at_least: 2}, distinct: true}",
        table="""
        name            | facts                                  | finding
        two of a class  | topiramate; valproate                  | met
        one twice       | topiramate @ 2024; topiramate @ 2025   | unknown: incomplete
        class and member| topiramate; antiepileptic              | unknown: incomplete
    """,
    )
    decide(
        "{has: preventive, times: {at_least: 2}, distinct: class}",
        table="""
        name            | facts                                  | finding
        two classes     | topiramate; propranolol                | met
        class by name   | antiepileptic; beta-blocker            | met
        one class       | topiramate; valproate                  | unknown: incomplete
    """,
    )


def test_why_a_treatment_ended(decide: Decide) -> None:
    """Declined is not failed; contraindicated was never taken and still counts where asked.

    What is taken, or was taken to its end, is no failure and no success until its effect is told.
    """
    decide(
        "{has: topiramate, ended_because: [no-response, intolerance, contraindication]}",
        table="""
        name            | facts                                                         | finding
        failed          | topiramate ended_because:no-response                          | met
        contraindicated | topiramate ended_because:contraindication taken:no            | met
        ran its course in vain | topiramate ended_because:completed response:none       | met
        ran its course well    | topiramate ended_because:completed response:good       | not met
        completed       | topiramate ended_because:completed                            | unknown: incomplete
        declined        | topiramate ended_because:declined taken:no                    | not met
        still taking    | topiramate @ 2025-01-01.. dose:100_mg                         | unknown: incomplete
        works           | topiramate @ 2025-01-01.. response:good                       | not met
        on it in vain   | topiramate @ 2025-01-01.. response:none                       | met
        partial so far  | topiramate @ 2025-01-01.. response:partial                    | unknown: incomplete
        not said        | topiramate @ 2025-01-01 dose:100_mg                           | unknown: incomplete
        never mentioned |                                                               | unknown: silent
    """,
    )
    decide(
        "has: topiramate",
        table="""
        name            | facts                                                         | finding
        declined        | topiramate ended_because:declined taken:no                    | not met
        taken           | topiramate ended_because:no-response                          | met
    """,
    )
    decide(
        "{has: preventive, ended_because: no-response}",
        table="""
        name            | facts                                                         | finding
        another may have | topiramate ended_because:completed                           | unknown: incomplete
    """,
    )


def test_dose_duration_response_and_proof(decide: Decide) -> None:
    """What a text does not say of a treatment stays open; what it says decides."""
    decide(
        "{has: topiramate, lasting: {at_least: 6 weeks}, dose: {at_least: 100 mg}}",
        table="""
        name        | facts                                          | finding
        both        | topiramate dose:100_mg duration:8_wk           | met
        from dates  | topiramate @ 2025-01-01..2025-03-01 dose:0.1_g | met
        too short   | topiramate dose:100_mg duration:4_wk           | not met
        too little  | topiramate dose:50_mg duration:8_wk            | not met
        no dose     | topiramate duration:8_wk                       | unknown: incomplete
        no length   | topiramate dose:100_mg                         | unknown: incomplete
    """,
    )
    decide(
        "{has: infusion, response: [good, partial]}",
        table="""
        name        | facts                                          | finding
        good        | infusion response:good                         | met
        none        | infusion response:none                         | not met
        not said    | infusion @ 2025-01-01.. dose:60_g              | unknown: incomplete
    """,
    )
    decide(
        "{has: pneumonia, shown_by: [imaging]}",
        table="""
        name        | facts                                          | finding
        imaging     | pneumonia @ 2025-01-01 shown_by:imaging,culture | met
        culture     | pneumonia @ 2025-01-01 shown_by:culture        | unknown: incomplete
        not said    | pneumonia @ 2025-01-01                         | unknown: incomplete
    """,
    )
    decide(
        "{has: topiramate, adequate: true}",
        table="""
        name        | facts                                          | finding
        said failed | topiramate ended_because:no-response           | met
        inadequate  | topiramate adequate:no                         | not met
        declined    | topiramate taken:no ended_because:declined     | not met
    """,
    )


def test_what_holds_now(decide: Decide) -> None:
    """The latest statement counts."""
    decide(
        "{has: fever, currently: true}",
        table="""
        name         | facts                                        | finding
        now          | fever @ 2025-05-30                           | met
        denied later | fever @ 2025-04-01; no fever @ 2025-05-30    | not met
        resolved     | resolved fever @ 2025-04-01                  | not met
        undated      | fever                                        | unknown: incomplete
    """,
    )
    decide(
        "{has: fever, currently: true, within: 30 days}",
        table="""
        name         | facts                                        | finding
        documented   | fever @ 2025-05-20                           | met
        too long ago | fever @ 2025-01-20                           | unknown: incomplete
        denied since | fever @ 2025-05-20; no fever @ 2025-05-30    | not met
        denied now   | no fever @ 2025-05-30                        | not met
    """,
    )
    decide(
        "{has: infusion, currently: true}",
        table="""
        name         | facts                                        | finding
        ongoing      | infusion @ 2024-01-01.. dose:60_g            | met
        stopped      | infusion @ 2024-01-01..2024-06-01 dose:60_g  | not met
        one dose     | infusion @ 2025-01-01 dose:60_g              | unknown: incomplete
        failed       | infusion ended_because:no-response           | not met
    """,
    )


def test_in_relation_to_an_event(decide: Decide) -> None:
    """Before, after, since and during; silence on the event is unknown unless its reason is given."""
    decide(
        "{has: pneumonia, after: transplant}",
        table="""
        name           | facts                                                        | finding
        after          | pneumonia @ 2024-09-01; lung-transplant @ 2023-01-01         | met
        before         | pneumonia @ 2022-09-01; lung-transplant @ 2023-01-01         | unknown: incomplete
        event undated  | pneumonia @ 2024-09-01; lung-transplant                      | unknown: incomplete
        event unsaid   | pneumonia @ 2024-09-01                                       | unknown: incomplete
    """,
    )
    decide(
        "{has: low-igg, before: infusion}",
        table="""
        name              | facts                                                     | finding
        opposite before   | high-igg @ 2025-01-01; infusion @ 2025-02-01..            | not met
        opposite on it    | high-igg @ 2025-03-01; infusion @ 2025-02-01..            | unknown: silent
    """,
    )
    decide(
        "{has: infection, since: infusion}",
        table="""
        name           | facts                                                        | finding
        since the last | infection @ 2025-04-01; infusion @ 2025-03-01                | met
        between        | infection @ 2025-02-01; infusion @ 2025-01-01; infusion @ 2025-03-01 | unknown: incomplete
    """,
    )


def test_a_closed_world(decide: Decide) -> None:
    """On this leaf alone, and for its written reason, silence counts as absent, and says so."""
    decide(
        "{has: fever, silence: absent, because: Any chart would mention it.}",
        table="""
        name      | facts                  | finding
        silent    |                        | not met: closed_world
        said      | fever @ 2025-05-01     | met
        suspected | possible fever         | unknown: incomplete
        claimed   | letter fever           | unknown: claimed_only
        sought    | undocumented fever     | not met: closed_world
        payer     | payer fever            | not met: closed_world
        letter    | letter fever           | unknown: claimed_only
    """,
    )


def test_a_world_closed_by_what_is_said_instead(decide: Decide) -> None:
    """Given that one thing is said, silence on another counts as absent; what is said is shown."""
    decide(
        "{has: fever, silence: absent, given: [diabetes, low-igg], because: It would be named first.}",
        table="""
        name              | facts                        | finding
        nothing           |                              | unknown: silent
        another is said   | diabetes @ 2025-05-01        | not met: closed_world
        its opposite is not | no high-igg @ 2025-05-01   | not met: closed_world
        its opposite is   | high-igg @ 2025-05-01        | unknown: silent
        another is denied | no diabetes @ 2025-05-01     | unknown: silent
        another is claimed | letter diabetes             | unknown: silent
        both are said     | diabetes @ 2025-05-01; fever @ 2025-05-01 | met
        suspected         | diabetes @ 2025-05-01; possible fever | unknown: incomplete
    """,
    )


def test_the_site_of_a_part(decide: Decide) -> None:
    """A part is judged on what is said of its own site."""
    decide(
        "{has: pneumonia, same_site: true}",
        site="left",
        table="""
        name      | facts                                | finding
        same      | pneumonia @ 2025-05-01 site:left     | met
        other     | pneumonia @ 2025-05-01 site:right    | unknown: incomplete
        not said  | pneumonia @ 2025-05-01               | unknown: incomplete
    """,
    )
