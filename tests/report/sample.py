"""A hand-made case, told from real words at real offsets: one item that cannot be determined, one
that is not indicated while an exception stays open. The variants reach every other outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from indicated.judge import overridden
from indicated.model import (
    Article,
    Asserter,
    Assertion,
    Bound,
    Case,
    Chart,
    Citation,
    Concept,
    Concepts,
    Conflict,
    Criterion,
    Day,
    Determination,
    Differing,
    Document,
    DoseBlock,
    DoseCheck,
    DoseLine,
    DoseRow,
    Edit,
    Fact,
    Facts,
    Finding,
    Has,
    Known,
    Label,
    Leaning,
    Library,
    Limit,
    Mark,
    Missing,
    Outcome,
    Override,
    Passage,
    Phase,
    PhaseCriteria,
    Policy,
    Premise,
    Proposed,
    Quantity,
    Reference,
    RequestedItem,
    Role,
    Route,
    Settles,
    Source,
    State,
    Statement,
    Strike,
    Therapy,
    Value,
    When,
    Work,
)
from indicated.report.write import write_article
from indicated.truth import MET, NOT_MET, UNKNOWN

AS_OF = date(2025, 11, 21)
PROGRAM = "indicated 0.1.0"

QUESTION = (
    "Is the treatment plan, including IVIG infusions and Prolastin, medically necessary and "
    "standard of care for a patient with alpha-1 antitrypsin deficiency, bilateral lung transplant "
    "and acquired hyperimmunoglobulinemia?"
)
NOTE = Document(
    "immunology",
    "Immunology clinic\n"
    "Patient: Jane Example   DOB: 04/05/1961   MRN 00123456\n"
    "Seen for low immunoglobulins after bilateral lung transplant, feeling good.\n"
    "Laboratory 11/03/2025: IgG 495 mg/dL (700-1600), IgM 39 mg/dL (40-230). CD20 count 35.\n"
    "IgG was 609 mg/dL in June 2025. She has been on IVIG 60 g every 4 weeks since 2024.\n"
    "Sputum grew Pseudomonas; M. abscessus was isolated in the past.\n"
    "Dr. Placeholder recommends to increase IVIG to 800-1000 mg/kg monthly.\n"
    "Coronary artery disease, on aspirin.\n",
    date(2025, 11, 5),
    "Immunology clinic note",
)
BIOPSY = Document(
    "biopsy",
    "Transbronchial biopsy 2025-11-10: moderate acute cellular rejection (A3). Steroid pulse under "
    "way.\nFEV1 3.21 L, no obstruction. No acute respiratory infection.\n"
    "Plan: continue Prolastin 60 mg/kg weekly as maintenance, pending clearance.\n",
    date(2025, 11, 12),
    "Transplant pulmonology note",
)
SHEET = Document(
    "sheet",
    "Problem list: D80.1 nonfamilial hypogammaglobulinemia. Never smoker.\n",
    None,
    "",
    "problem-list",
)
DOCUMENTS = (NOTE, BIOPSY, SHEET)
ANSWERED = datetime(2025, 11, 20, tzinfo=UTC)
WEIGHT = Fact(
    "weight", value=Quantity.of(75, "kg"), when=When.on(ANSWERED.date()), asserter=Asserter.ATTESTED,
    sources=(Source(quote="body weight: 75 kg", by="Pat Roe, MD, treating clinic", at=ANSWERED),),
)  # fmt: skip
CASE = Case(
    QUESTION,
    Chart(DOCUMENTS, ("One page of a scanned letter has no text and was not read.",)),
    AS_OF,
    "sample",
    (WEIGHT,),
)


def at(document: Document, quote: str) -> Source:
    """The words where they stand; a quotation that is not there is a mistake of the sample."""
    start = document.text.index(quote)
    return Source(document.id, quote, start, start + len(quote))


def asked(quote: str) -> Source:
    start = QUESTION.index(quote)
    return Source("question", quote, start, start + len(quote))


def fact(concept: str, source: Source, value: Quantity | str | None = None, **more) -> Fact:
    return Fact(concept, value=value, sources=(source,), **more)


# --- concepts ------------------------------------------------------------------------------


def _concept(
    id: str, label: str, kind: str, *names: str, short: tuple[str, ...] = (), **more
) -> Concept:
    return Concept(id, label, kind, names, short, **more)


CONCEPTS = Concepts(
    {
        c.id: c
        for c in (
            _concept(
                "immunoglobulin",
                "immunoglobulin",
                "drug",
                "immune globulin",
                short=("IVIG", "IgRT"),
            ),
            _concept(
                "ivig",
                "intravenous immunoglobulin",
                "drug",
                under=("immunoglobulin",),
                short=("IVIG",),
            ),
            _concept(
                "scig",
                "subcutaneous immunoglobulin",
                "drug",
                under=("immunoglobulin",),
                short=("SCIG",),
            ),
            _concept(
                "aat", "alpha-1 antitrypsin augmentation", "drug", "Prolastin", "augmentation"
            ),
            _concept("rituximab", "rituximab", "drug"),
            _concept("igg", "serum IgG", "measurement", "IgG", unit="mg/dL"),
            _concept("igm", "serum IgM", "measurement", "IgM", unit="mg/dL"),
            _concept("weight", "body weight", "measurement", "weight", unit="kg"),
            _concept("dose-per-kg", "dose per kilogram", "measurement", unit="g/kg"),
            _concept("fev1", "FEV1", "measurement", short=("FEV1",), unit="L"),
            _concept("pseudomonas", "Pseudomonas", "organism", "Pseudomonas"),
            _concept("mabs", "Mycobacterium abscessus", "organism", "M. abscessus"),
            _concept("rejection", "acute rejection", "disease", "acute cellular rejection"),
            _concept("bronchoscopy", "bronchoscopy with lavage", "procedure"),
            _concept("infection", "acute respiratory infection", "event"),
            _concept("lung-transplant", "bilateral lung transplant", "procedure"),
            _concept("cad", "coronary artery disease", "disease"),
            _concept("hypogam", "low immunoglobulins", "disease", "hypogammaglobulinemia"),
            _concept("hypergam", "raised immunoglobulins", "disease", "hyperimmunoglobulinemia"),
            _concept("never-smoker", "never smoker", "state"),
            _concept("feeling-well", "feeling well", "symptom", "feeling good"),
            _concept("request.purpose", "stated purpose of the request", "request"),
            _concept("elastase", "free elastase in lavage", "measurement"),
        )
    }
)

# --- facts ----------------------------------------------------------------------------------

LAB = When.on(date(2025, 11, 3))
IGG = fact("igg", at(NOTE, "IgG 495 mg/dL (700-1600)"), Quantity.of(495, "mg/dL"), when=LAB,
           asserter=Asserter.LABORATORY, during=frozenset({"ivig"}))  # fmt: skip
JUNE = When(Day(date(2025, 6, 1), date(2025, 6, 30)), Day(date(2025, 6, 1), date(2025, 6, 30)))
IGG_JUNE = fact(
    "igg", at(NOTE, "IgG was 609 mg/dL in June 2025"), Quantity.of(609, "mg/dL"), when=JUNE
)
IGM = fact("igm", at(NOTE, "IgM 39 mg/dL (40-230)"), Quantity.of(39, "mg/dL"), when=LAB)
IVIG = fact(
    "ivig", at(NOTE, "on IVIG 60 g every 4 weeks since 2024"),
    when=When(Day(date(2024, 1, 1), date(2024, 12, 31)), ongoing=True),
    therapy=Therapy(dose=Quantity.of(60, "g"), every=Quantity.of(4, "wk")),
)  # fmt: skip
WISH = fact("ivig", at(NOTE, "Dr. Placeholder recommends to increase IVIG to 800-1000 mg/kg monthly"),
            assertion=Assertion.PLANNED,
            therapy=Therapy(dose=Quantity(Decimal(800), Decimal(1000), "mg/kg"), every=Quantity.of(1, "mo")))  # fmt: skip
PSEUDOMONAS = fact(
    "pseudomonas", at(NOTE, "Sputum grew Pseudomonas"), marks=frozenset({Mark.COLONISATION})
)
MABS = fact(
    "mabs", at(NOTE, "M. abscessus was isolated in the past"), assertion=Assertion.HISTORICAL
)
CAD = fact(
    "cad", at(NOTE, "Coronary artery disease"), when=When(Day.of(date(2025, 11, 5)), ongoing=True)
)
WELL = fact("feeling-well", at(NOTE, "feeling good"), when=When.on(date(2025, 11, 5)))
TRANSPLANT = fact("lung-transplant", at(NOTE, "bilateral lung transplant"))
LOW = fact("hypogam", at(NOTE, "low immunoglobulins"), when=When.on(date(2025, 11, 5)))
CODE = fact("hypogam", at(SHEET, "D80.1 nonfamilial hypogammaglobulinemia"),
            when=When.on(AS_OF, assumed=True), marks=frozenset({Mark.CODE_ONLY}))  # fmt: skip
REJECTION = fact("rejection", at(BIOPSY, "moderate acute cellular rejection (A3)"), "moderate",
                 when=When.on(date(2025, 11, 10)), shown_by=frozenset({"biopsy"}))  # fmt: skip
FEV1 = fact(
    "fev1", at(BIOPSY, "FEV1 3.21 L"), Quantity.of("3.21", "L"), when=When.on(date(2025, 11, 12))
)
NO_INFECTION = fact("infection", at(BIOPSY, "No acute respiratory infection"),
                    assertion=Assertion.ABSENT, when=When.on(date(2025, 11, 12)))  # fmt: skip
PURPOSE = fact(
    "request.purpose",
    at(BIOPSY, "continue Prolastin 60 mg/kg weekly as maintenance"),
    "maintenance",
)
NEVER = fact("never-smoker", at(SHEET, "Never smoker"))
TAKEN = fact("hypergam", asked("acquired hyperimmunoglobulinemia"), asserter=Asserter.QUESTION)
TAKEN_AAT = fact("lung-transplant", asked("bilateral lung transplant"), asserter=Asserter.QUESTION)

FACTS = Facts(
    (IGG, IGG_JUNE, IGM, IVIG, WISH, PSEUDOMONAS, MABS, CAD, WELL, TRANSPLANT, LOW, CODE, REJECTION,
     FEV1, NO_INFECTION, PURPOSE, NEVER),
    (Conflict("feeling-well", (WELL, REJECTION), "The note calls the patient well while a moderate rejection is treated"),),
    unplaced=2,
)  # fmt: skip
PREMISES = (
    Premise(TAKEN_AAT, "agrees", (TRANSPLANT,)),
    Premise(
        TAKEN,
        "contradicted",
        (IGG, LOW),
        "the question says hyperimmunoglobulinemia, the record shows low immunoglobulins",
    ),
)

# --- literature and policies -------------------------------------------------------------------

SOURCES = {
    "LED14": Reference(
        "LED14",
        "randomised trial",
        "Intravenous immunoglobulin for hypogammaglobulinemia after lung transplantation",
        "PLoS One",
        "2014",
        "PMID 25090414",
        "https://pubmed.ncbi.nlm.nih.gov/25090414/",
        "seen",
    ),
    "EUSID": Reference(
        "EUSID",
        "label",
        "Core SmPC for human normal immunoglobulin for intravenous administration",
        "European Medicines Agency",
        "2021",
        checked="secondary",
    ),
    "PRIVPI": Reference(
        "PRIVPI", "label", "Privigen prescribing information", "CSL Behring", "", checked="seen"
    ),
    "SURVEY20": Reference(
        "SURVEY20",
        "survey",
        "Immunoglobulin after lung transplantation: practice at 19 centres",
        "",
        "2020",
        checked="seen",
    ),
    "LOCAL": Reference(
        "LOCAL",
        "policy",
        "Default of this library",
        checked="unverified",
        note="Stands where sources disagree",
    ),
}
AAT_SOURCES = {
    "ATSERS03": Reference("ATSERS03", "guideline", "Standards for the diagnosis and management of individuals with alpha-1 antitrypsin deficiency", "ATS/ERS", "2003", "10.1164/rccm.168.7.818", checked="secondary"),
    "KING94": Reference("KING94", "cohort", "Proteinase-antiproteinase balance in alpha-1 proteinase inhibitor-deficient lung recipients", "Am J Respir Crit Care Med", "1994", checked="seen"),
}  # fmt: skip
C = Citation


def _line(
    says: str, kind: str, low: str, high: str, every: tuple[str, str], *cite: Citation, **more
) -> DoseLine:
    interval = Quantity(Decimal(every[0]), Decimal(every[1]), "wk")
    return DoseLine(
        says, kind, Quantity(Decimal(low), Decimal(high), "g/kg"), interval, cite=cite, **more
    )


EU_LINE = _line(
    "European label, secondary immunodeficiency", "label", "0.2", "0.4", ("3", "4"), C("EUSID")
)
USUAL = _line(
    "usual replacement range", "guideline", "0.3", "0.5", ("4", "4"), C("LOCAL"), decides=True
)
US_LINE = replace(
    _line(
        "US label, primary immunodeficiency",
        "label",
        "0.2",
        "0.8",
        ("3", "4"),
        C("PRIVPI", "section 2"),
    ),
    maximum=Quantity.of(80, "g"),
)
THROMBOSIS = Statement(
    "Boxed warning for thrombosis: cardiovascular risk factors raise the risk, so use the lowest dose and rate",
    (C("PRIVPI", "boxed warning"),), when=Criterion("cad", "Coronary artery disease", Has(("cad",))),
)  # fmt: skip
RENAL = Statement(
    "Boxed warning for renal failure with nephrotoxic drugs", (C("PRIVPI", "boxed warning"),),
    when=Criterion("nephrotoxic", "A calcineurin inhibitor is taken", Has(("rituximab",))),
)  # fmt: skip
COLONISED = Statement(
    "An organism in sputum is not an infection", (C("LOCAL"),),
    when=Criterion("organism", "An organism was grown", Has(("pseudomonas",))),
)  # fmt: skip
BELOW = Criterion(
    "baseline-igg", "IgG before treatment was below 400 mg/dL.",
    Value("igg", bounds=(Bound("below", Quantity.of(400, "mg/dL")),)),
)  # fmt: skip
IG_POLICY = Policy(
    id="ig-secondary-solid-organ-transplant",
    title="Immunoglobulin replacement after solid organ transplant",
    question="Is immunoglobulin replacement necessary for this transplant recipient?",
    version="2025.1", status="draft", valid_from=date(2025, 1, 1), valid_to=None,
    treatments=("immunoglobulin",), applies=None, over=(),
    phases={
        Phase.CONTINUATION: PhaseCriteria(
            routes=(Route("low-igg", "Low IgG with serious infections", (BELOW,)),),
            duration="6 months", cite=(C("LOCAL"),),
        )
    },
    dose=DoseBlock((EU_LINE, USUAL, US_LINE), "adjusted", "Adjusted body weight is used in obesity", cite=(C("LOCAL"),)),
    standing="accepted", certainty="very-low",
    certainty_because="One randomised trial of 11 lung recipients showed no fewer infections",
    status_lines=(
        Statement("In the United States this use is off-label", (C("PRIVPI"),), "regulatory"),
        Statement("The European label covers secondary immunodeficiency with IgG below 4 g/L or failed vaccine response", (C("EUSID"),), "regulatory"),
        Statement("A survey of 19 lung transplant centres found no standard protocol", (C("SURVEY20"),), "practice"),
        Statement("Bacterial infections were 3 on immunoglobulin and 1 on placebo", (C("LED14", "abstract"),), "evidence"),
        Statement("The default range here rests on agreement between sources, not on a trial", (C("LOCAL"),), "evidence"),
    ),
    disagreements=(
        Statement("IgG below 4 g/L", (C("EUSID"),), "label", "the IgG threshold"),
        Statement("IgG below 600 mg/dL in some lung transplant centres", (C("SURVEY20"),), "practice", "the IgG threshold"),
        Statement("Below 400 mg/dL is asked here, because most sources agree on it", (C("LOCAL"),), "default", "the IgG threshold"),
    ),
    monitoring=(Statement("IgG trough every 3 to 6 months with an infection log", (C("LOCAL"),)),),
    safety=(THROMBOSIS, RENAL, Statement("Draw serology before the first infusion; infused antibodies falsify it", (C("PRIVPI"),))),
    pitfalls=(Statement("A value drawn on immunoglobulin is a trough, not a baseline", (C("EUSID"),)), COLONISED),
    questions=("Which dose fits at which body weight?",),
    references=SOURCES, path="", hash="5b1f" * 16,
)  # fmt: skip
AAT_POLICY = Policy(
    id="aat-after-lung-transplant",
    title="Alpha-1 antitrypsin augmentation after lung transplant",
    question="Is augmentation necessary after lung transplant?",
    version="2025.1", status="reviewed", valid_from=date(2025, 1, 1), valid_to=None,
    treatments=("aat",), applies=None, over=(),
    phases={
        Phase.CONTINUATION: PhaseCriteria(
            exceptions=(
                Route("episode", "An inflammatory episode of the graft", (),
                      "a time-limited course during an acute rejection or respiratory infection with inflammation shown in lavage",
                      "the episode only"),
            )
        )
    },
    standing="not-recommended", certainty="very-low",
    certainty_because="One mechanistic study of 11 recipients and surveys",
    status_lines=(Statement("Use after transplant is off-label", (C("ATSERS03"),), "regulatory"),),
    pitfalls=(Statement("Do not call a patient stable while a rejection is treated", (C("KING94"),)),),
    references=AAT_SOURCES, hash="a0c3" * 16,
)  # fmt: skip

# --- determinations --------------------------------------------------------------------------------


def leaf(id: str, says: str, truth, *facts: Fact, state=State.SAID, why="", ask="", role=Role.ESSENTIAL, cite=(), note="", kind="value") -> Finding:  # fmt: skip
    missing = () if truth.known else (id,)
    return Finding(id, says, truth, role, kind, state, why, facts, missing, ask, cite, note=note)


def node(
    id: str, says: str, truth, kind: str, *parts: Finding, role=Role.ESSENTIAL, cite=()
) -> Finding:
    missing = tuple(m for p in parts for m in p.missing)
    return Finding(id, says, truth, role, kind, missing=missing, parts=parts, cite=cite)


IG_ITEM = RequestedItem(
    "ivig", "ivig", "IVIG infusions", Phase.CONTINUATION, "the record shows immunoglobulin since 2024",
    dose=Quantity(Decimal(800), Decimal(1000), "mg/kg"), every=Quantity.of(1, "mo"), route="intravenous",
    sources=(asked("IVIG infusions"),),
)  # fmt: skip
AAT_ITEM = RequestedItem(
    "aat", "aat", "Prolastin", Phase.CONTINUATION, "", product="Prolastin", dose=Quantity.of(60, "mg/kg"),
    every=Quantity.of(1, "wk"), sources=(asked("Prolastin"),),
)  # fmt: skip

BASELINE = leaf("baseline-igg", "IgG before treatment was below 400 mg/dL.", UNKNOWN, IGG, IGG_JUNE,
                state=State.INCOMPLETE, why="both values were drawn on immunoglobulin, so there is no baseline",
                ask="Send the IgG drawn before the first dose, with its date.", cite=(C("EUSID", "section 4.1"),))  # fmt: skip
INFECTIONS = leaf("infections", "Serious bacterial infections occurred within 12 months.", UNKNOWN, PSEUDOMONAS, MABS,
                  state=State.INCOMPLETE, why="dates and treatment are not said", kind="has",
                  ask="List each infection with date, organism and treatment.", cite=(C("EUSID"), C("LOCAL")))  # fmt: skip
VACCINE = leaf("vaccine", "The response to a pneumococcal vaccine was tested and failed.", UNKNOWN, state=State.SILENT,
               why="the record does not say", ask="Send pneumococcal titres before and after vaccination.",
               cite=(C("EUSID"),), kind="has")  # fmt: skip
LOGS = leaf("antibiotics", "Antibiotic prophylaxis failed.", UNKNOWN, state=State.SOUGHT,
            why="it was looked for in the record and is not there", ask="Send the antibiotic history.", kind="has")  # fmt: skip
IG_ROUTE = node("low-igg", "Low IgG with serious infections", UNKNOWN, "all", BASELINE, INFECTIONS,
                node("failure", "Antibody failure or failed prophylaxis", UNKNOWN, "any", VACCINE, LOGS))  # fmt: skip
TRANSPLANTED = leaf(
    "transplanted",
    "A solid organ was transplanted.",
    MET,
    TRANSPLANT,
    why="the record says so",
    kind="has",
)
HIGH = leaf("normal-igg", "IgG is 700 mg/dL or more without treatment.", NOT_MET, IGG, why="the latest value decides",
            cite=(C("EUSID"),))  # fmt: skip
ORDER = leaf("order", "An immunologist prescribes it.", UNKNOWN, state=State.CLAIMED, role=Role.REQUIREMENT, kind="has",
             why="it is claimed, and no note shows it", ask="Send the immunologist's order.")  # fmt: skip
LOW_IGM = leaf(
    "low-igm", "IgM is low as well.", MET, IGM, role=Role.SUPPORTING, why="the latest value decides"
)
CLOSED = leaf("no-iga", "No IgA deficiency with antibodies.", MET, state=State.CLOSED, role=Role.SUPPORTING, kind="none",
              note="any chart of a treated patient would mention it")  # fmt: skip

DOSE = DoseCheck(
    UNKNOWN, "800–1000 mg/kg every month", None,
    (
        DoseRow(EU_LINE, NOT_MET, "0.8–1 g/kg against 0.2–0.4 g/kg"),
        DoseRow(USUAL, NOT_MET, "0.8–1 g/kg against 0.3–0.5 g/kg"),
        DoseRow(US_LINE, UNKNOWN, "60 g against 0.2–0.8 g/kg", Decimal(75), Decimal(300)),
    ),
    ("60 g is 1 g/kg at 60 kg", "60 g is 0.8 g/kg at 75 kg", "60 g is 0.6 g/kg at 100 kg"),
    "0.3–0.5 g/kg every 4 weeks", ("More than 0.6 g/kg a month needs a reason",),
    "State body weight and the dose in grams.", (IVIG, WISH),
)  # fmt: skip
IG_MISSING = (
    Missing("low-igm", "IgM", "Send the IgM.", State.SAID, Outcome.CANNOT_DETERMINE, Outcome.CANNOT_DETERMINE, Role.SUPPORTING),
    Missing("baseline-igg", "IgG before treatment", BASELINE.ask, State.INCOMPLETE, Outcome.CANNOT_DETERMINE, Outcome.NOT_INDICATED),
    Missing("infections", INFECTIONS.says, INFECTIONS.ask, State.INCOMPLETE, Outcome.CANNOT_DETERMINE, Outcome.NOT_INDICATED),
    Missing("dose", "Body weight", "", State.SILENT, Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES, Role.REQUIREMENT),
)  # fmt: skip
IG = Determination(
    IG_ITEM, Outcome.CANNOT_DETERMINE, "essentials of the only way to qualify are unknown", Phase.CONTINUATION,
    IG_POLICY, AS_OF, FACTS.hash, PROGRAM, Leaning.NONE, "too little is shown either way",
    routes=(TRANSPLANTED, IG_ROUTE), exclusions=(HIGH,), requirements=(ORDER,), supporting=(LOW_IGM, CLOSED),
    dose=DOSE, missing=IG_MISSING,
    settles=(
        Settles(Outcome.NOT_INDICATED, (("baseline-igg", NOT_MET),)),
        Settles(Outcome.CONDITIONAL, (("baseline-igg", MET), ("infections", MET), ("dose", MET))),
    ),
    warnings=((COLONISED, leaf("organism", "An organism was grown", MET, PSEUDOMONAS)),
              (THROMBOSIS, leaf("cad", "Coronary artery disease", MET, CAD)),
              (RENAL, leaf("nephrotoxic", "A calcineurin inhibitor is taken", UNKNOWN))),
    labels=(
        (Label("Privigen", "ivig", "FDA", ("pid",), "Primary immunodeficiency, 200–800 mg/kg every 3 to 4 weeks", "adults and children", references=(SOURCES["PRIVPI"],)), NOT_MET),
        (Label("Core SmPC", "ivig", "EMA", ("sid",), "Secondary immunodeficiency with severe or recurrent infections", references=(SOURCES["EUSID"],)), UNKNOWN),
    ),
)  # fmt: skip
EPISODE = node(
    "episode", "An inflammatory episode of the graft", UNKNOWN, "all",
    leaf("trigger", "Acute rejection or respiratory infection is active.", MET, REJECTION, why="the record says so", kind="has", cite=(C("ATSERS03", "p. 837"),)),
    leaf("lavage", "Free elastase or neutrophilic inflammation was measured in lavage.", UNKNOWN, state=State.SILENT,
         why="the record does not say", ask="Send the lavage result: cell differential and free elastase.", kind="has", cite=(C("KING94"),)),
    leaf("limited", "The request is for one episode, with an end.", NOT_MET, PURPOSE, why="the record shows it, but not of the kind that is asked", kind="has"),
    cite=(C("ATSERS03", "p. 837"),),
)  # fmt: skip
AAT = Determination(
    AAT_ITEM, Outcome.NOT_INDICATED, "the only way to qualify is not met", Phase.CONTINUATION, AAT_POLICY, AS_OF,
    FACTS.hash, PROGRAM,
    routes=(node("maintenance", "Emphysema with airflow obstruction", NOT_MET, "all",
                 leaf("obstruction", "FEV1 is 25 to 80% of predicted or falls fast.", NOT_MET, FEV1, why="the latest value decides", cite=(C("ATSERS03"),))),),
    exceptions=(EPISODE,),
    missing=(Missing("lavage", "The lavage result", "Send the lavage result.", State.SILENT, Outcome.CONDITIONAL, Outcome.NOT_INDICATED),),
)  # fmt: skip
LIBRARY = Library(CONCEPTS, {p.id: p for p in (IG_POLICY, AAT_POLICY)})


@dataclass(frozen=True)
class Sample:
    """Everything that an article is written from."""

    case: Case
    determinations: tuple[Determination, ...]
    facts: Facts = FACTS
    premises: tuple[Premise, ...] = PREMISES
    library: Library = LIBRARY
    waiting: tuple[Determination, ...] = ()

    @property
    def items(self) -> tuple[RequestedItem, ...]:
        return tuple(d.item for d in self.determinations)

    def article(self, **more) -> Article:
        return write_article(
            self.case, self.facts, self.items, self.premises, self.determinations, self.library,
            program=PROGRAM, waiting=self.waiting, **more,
        )  # fmt: skip


MAIN = Sample(CASE, (IG, AAT))


def _override(d: Determination, outcome: Outcome) -> Override:
    said = Source(quote="two admissions outweigh the count", by="Pat Roe, MD", at=ANSWERED)
    return Override(d.item.id, d.item.words, d.outcome, outcome, said)


def _passage(text: str, **more: object) -> Passage:
    work = Work(
        "w" + str(len(text)), f"On {text[:20]}", year="2020", identifiers=(("doi", "10.1000/x"),)
    )
    return Passage(replace(work, **more), text, 10, 10 + len(text), "Results")  # type: ignore[arg-type]


def _bound(op: str, amount: str) -> Bound:
    return Bound(op, Quantity.of(amount, "mg/dL"))


KNOWN = {
    "found": Known(("ivig", "lung-transplant", "adults"), (
        _passage("Infections fell from 3.1 to 1.2 a year (95% CI, 0.8-1.6) in 40 adults [12].", type="trial", grade="moderate"),
        _passage("There is no proof.", status="concern"),
        _passage("Licensed words.", type="guideline", licensed=True),
        _passage("Call Dr. Jane Example at 555-123-4567."),
        _passage("Seen on XX/XX/2024."),
    )),
    "differing": Known(("ivig", "lung-transplant"), (_passage("There is no proof."),), (
        Differing("igg", tuple(
            (_passage(f"It is for an IgG {words}.", year=year, licensed=licensed, id=f"w{n}"), Limit("value", "igg", 14, 14 + len(words), bounds))
            for n, (words, year, licensed, bounds) in enumerate((
                ("below 500 mg/dL", "2024", False, (_bound("below", "500"),)),
                ("of at most 400 mg/dL", "2020", True, (_bound("at_most", "400"),)),
                ("above 200 and at least 210 mg/dL", "", False, (_bound("above", "200"), _bound("at_least", "210"))),
            ))
        )),
        Differing("igm", ((_passage("Call Dr. Jane Example at 555-123-4567."), Limit("value", "igm", 0, 3)),)),
    )),
    "of children": Known(("ivig", "children"), ()),
    "unasked": Known(),
}  # fmt: skip


def variants() -> dict[str, Sample]:
    """Cases that reach every outcome and every wording."""
    met_route = node("low-igg", "Low IgG with serious infections", MET, "all", TRANSPLANTED)
    given = replace(IG, routes=(met_route,), missing=(), settles=(), leaning_because="")
    computed = Fact("dose-per-kg", value=Quantity.of("0.8", "g/kg"), asserter=Asserter.COMPUTED,
                    formula="60 g ÷ 75 kg = 0.8 g/kg", inputs=(IVIG, WEIGHT))  # fmt: skip
    rows = tuple(
        replace(r, truth=t, weight_from=a, weight_to=b)
        for r, t, a, b in zip(
            DOSE.rows,
            (MET, UNKNOWN, UNKNOWN),
            (None, Decimal(120), None),
            (None, None, Decimal(300)),
            strict=True,
        )
    )
    no_requirement = replace(given, requirements=())
    wide = node(
        "wide",
        "Much is asked",
        MET,
        "all",
        *(leaf(f"wide-{n}", f"Part {n}", MET) for n in range(9)),
    )
    odd = (
        replace(IGG_JUNE, when=When(start=JUNE.start)),
        replace(IGG, value=Quantity(None, Decimal(495), "mg/dL", open=True), when=When(end=Day.of(date(2025, 11, 3)))),
        replace(IGM, value=Quantity(Decimal(39), None, "mg/dL"), when=When(Day(date(2025, 10, 3), date(2025, 11, 3)))),
        replace(IVIG, asserter=Asserter.LETTER, when=When(Day.of(date(2024, 2, 1)), Day.of(date(2025, 3, 1))),
                therapy=Therapy(response="lost", ended_because="intolerance", taken=False, adequate=False, route="intravenous",
                                duration=Quantity.of(4, "wk"))),
        replace(WISH, assertion=Assertion.POSSIBLE, therapy=None), replace(MABS, assertion=Assertion.FAMILY),
        replace(MABS, assertion=Assertion.NOT_DOCUMENTED), replace(MABS, assertion=Assertion.HYPOTHETICAL),
        replace(MABS, asserter=Asserter.PATIENT, marks=frozenset(Mark)), replace(MABS, asserter=Asserter.PAYER),
        computed, Fact("scig", sources=(), asserter=Asserter.LABEL),
    )  # fmt: skip
    odd += (
        replace(CODE, sources=(replace(CODE.sources[0], page=2),)),
        NO_INFECTION,
        replace(REJECTION, value=Quantity.of(9, "L")),
    )
    many = node(
        "many", "Everything that was said", MET, "all",
        *(leaf(f"many-{n}", "Said", MET, *odd[n : n + 5]) for n in range(0, len(odd), 5)),
        leaf("more", "More than fits", MET, *odd[:8]),
    )  # fmt: skip
    part = replace(
        no_requirement,
        outcome=Outcome.INDICATED,
        item=replace(IG_ITEM, id="p1", parts=("left upper lobe",)),
        dose=None,
    )
    parted = replace(
        no_requirement,
        parts=(
            part,
            replace(part, item=replace(IG_ITEM, id="p2", parts=()), outcome=Outcome.NOT_INDICATED),
        ),
    )
    plain_policy = replace(
        IG_POLICY, hash="", status="reviewed", standing="", certainty="", certainty_because="", status_lines=(), disagreements=(),
        monitoring=(), safety=(), pitfalls=(), questions=(), profile="Plan A", origin="our-rules",
        profile_notes=(Statement("The plan asks for a ceiling of 65 events", (C("LOCAL"),)),),
    )  # fmt: skip
    bare = replace(given, policy=plain_policy, routes=(), exclusions=(), requirements=(), supporting=(), dose=None,
                   warnings=(), labels=(), outcome=Outcome.INDICATED)  # fmt: skip
    exception_only = replace(AAT, outcome=Outcome.CONDITIONAL)
    single = leaf("alone", "Asked without saying how", UNKNOWN, state=State.SILENT)
    decided = overridden(IG, (override := _override(IG, Outcome.INDICATED),))
    refused = overridden(AAT, (no := _override(AAT, Outcome.CANNOT_DETERMINE),))
    unruled = replace(IG, policy=None, outcome=Outcome.NO_POLICY, routes=(), exclusions=(), requirements=(), supporting=(),
                      dose=None, missing=(), settles=(), warnings=(), labels=())  # fmt: skip
    bold = overridden(unruled, (alone := _override(unruled, Outcome.INDICATED),))
    struck = Strike(
        "igg",
        IGG.sources,
        Source(quote="that is another patient's value", by="Pat Roe, MD", at=ANSWERED),
    )
    reworded = Edit(
        "Infections are named in the record.",
        Source(quote="Three infections are named", by="Pat Roe, MD", at=ANSWERED),
    )
    asked_too = replace(IG.item, marks=frozenset({Mark.PROPOSED}))
    pointed = replace(IGM, marks=frozenset({Mark.PROPOSED}))
    return {
        "main": MAIN,
        "rephrased": Sample(replace(CASE, rephrased=(("Infections are named in the record.", "In the record infections are named."),)), (IG, AAT)),
        "edited": Sample(replace(CASE, edits=(reworded,)), (IG, AAT)),
        "overridden": Sample(replace(CASE, struck=(struck,), overrides=(override, no)), (decided, refused)),
        "decided without criteria": Sample(replace(CASE, overrides=(alone,)), (bold,)),
        "as ordered": Sample(CASE, (replace(AAT, exceptions=(replace(EPISODE, truth=NOT_MET),)),)),
        "many labels": Sample(CASE, (replace(IG, labels=tuple((row, UNKNOWN) for row, _ in IG.labels for _ in range(5))),)),
        "proposed": Sample(CASE, (replace(IG, proposed=Proposed(IG.outcome, (pointed,))), replace(AAT, proposed=Proposed(Outcome.INDICATED, (pointed,))))),
        "waiting": Sample(CASE, (replace(IG, proposed=Proposed(IG.outcome, (), (pointed,), Outcome.NOT_INDICATED)),)),
        "proposed items": Sample(CASE, (replace(IG, item=asked_too), replace(AAT, item=replace(AAT.item, marks=frozenset({Mark.CONFIRMED})))), waiting=(AAT,)),
        "plan": Sample(CASE, (IG, replace(AAT, item=replace(AAT.item, secondary=True)))),
        "closed": Sample(replace(CASE, chart=replace(CASE.chart, closed=True)), (IG, AAT)),
        "indicated": Sample(CASE, (replace(no_requirement, outcome=Outcome.INDICATED, dose=replace(DOSE, truth=MET, weight=WEIGHT, facts=(), rows=rows)),)),
        "changes": Sample(CASE, (replace(no_requirement, outcome=Outcome.INDICATED_WITH_CHANGES, dose=replace(DOSE, requested="", truth=NOT_MET)),)),
        "many reasons": Sample(CASE, (replace(no_requirement, outcome=Outcome.INDICATED, routes=(wide,)),)),
        "conditional": Sample(CASE, (replace(given, outcome=Outcome.CONDITIONAL),)),
        "exception": Sample(CASE, (exception_only, replace(AAT, exceptions=(replace(EPISODE, truth=MET, parts=(many,)), replace(single, truth=NOT_MET))))),
        "by reason": Sample(CASE, (replace(given, outcome=Outcome.CONDITIONAL, requirements=(), because="a condition the policy states"),)),
        "no policy": Sample(CASE, (replace(IG, item=replace(IG_ITEM, treatment="", words="a new cell therapy", secondary=True), policy=None, outcome=Outcome.NO_POLICY,
                                           routes=(), exclusions=(), requirements=(), supporting=(), dose=None, missing=(), settles=(),
                                           warnings=(), labels=(), candidates=("aat-after-lung-transplant", "gone")),), premises=()),
        **{f"known {name}": Sample(CASE, (replace(unruled, known=known),)) for name, known in KNOWN.items()},
        "one candidate": Sample(CASE, (replace(IG, candidates=("aat-after-lung-transplant",)),)),
        "nothing": Sample(replace(CASE, chart=Chart()), (), Facts(), ()),
        "bare": Sample(CASE, (bare,), replace(FACTS, conflicts=(), unplaced=0), (Premise(TAKEN, "contradicted", (IGG,)), Premise(TAKEN_AAT, "contradicted"), PREMISES[1])),
        "bare premise": Sample(CASE, (bare,), FACTS, (Premise(TAKEN_AAT, "contradicted"), Premise(TAKEN, "not_in_record"))),
        "parts": Sample(CASE, (parted,)),
        "replaced": Sample(CASE, (replace(IG, policy=replace(IG_POLICY, origin="our rules_2", replaces="2024.1")),)),
        "general": Sample(CASE, (replace(IG, policy=replace(IG_POLICY, treatments=(), general=("drug",))),)),
        "beside": Sample(CASE, (replace(IG, beside=(replace(given, outcome=Outcome.CONDITIONAL, policy=replace(IG_POLICY, goes_first=True)), replace(given, outcome=Outcome.INDICATED))),)),
        "again": Sample(CASE, (replace(IG, routes=(IG_ROUTE, replace(IG_ROUTE, id="other", parts=IG_ROUTE.parts[2:]))),)),
        "unexplained": Sample(CASE, (replace(IG, leaning_because="", because="", exceptions=(single,), policy=replace(IG_POLICY, certainty_because="", dose=replace(IG_POLICY.dose, weight_note="")),
                                             supporting=(many,), warnings=((THROMBOSIS, None), (THROMBOSIS, leaf("x", "Coronary artery disease", MET))),
                                             dose=replace(DOSE, facts=())),)),
    }  # fmt: skip
