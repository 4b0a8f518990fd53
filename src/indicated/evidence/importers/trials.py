"""ClinicalTrials.gov, version 2 of its data: one study, or the studies of a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from indicated.evidence.identifiers import sound
from indicated.evidence.parts import Found, NotImported, Piece
from indicated.files.text import cleaned
from indicated.model import Work


def read_trials(data: Any) -> list[Found]:
    """The studies of a file: {"studies": [...]}, a list of studies, or one."""
    studies = data.get("studies", [data]) if isinstance(data, dict) else data
    found = [_study(s["protocolSection"]) for s in studies if _is_study(s)]
    if not found:
        raise NotImported("it holds no study")
    return found


def _is_study(thing: Any) -> bool:
    return isinstance(thing, dict) and isinstance(thing.get("protocolSection"), dict)


def _study(protocol: Mapping[str, Any]) -> Found:
    about = protocol.get("identificationModule", {})
    status = protocol.get("statusModule", {})
    identifiers, remarks = sound([("nct", str(about.get("nctId", "")))])
    updated = str(status.get("lastUpdatePostDateStruct", {}).get("date", ""))
    work = Work(
        "", str(about.get("officialTitle") or about.get("briefTitle") or ""), type="trial",
        organisation=str(about.get("organization", {}).get("fullName", "")),
        year=updated[:4], version=updated, population=_population(protocol),
        identifiers=identifiers,
        url=f"https://clinicaltrials.gov/study/{identifiers[0][1]}" if identifiers else "",
    )  # fmt: skip
    pieces = tuple(Piece(cleaned(t), h) for h, t in _said(protocol) if t.strip())
    return Found(work, pieces or (Piece(work.title),), (), remarks)


def _population(protocol: Mapping[str, Any]) -> str:
    conditions = ", ".join(map(str, protocol.get("conditionsModule", {}).get("conditions", ())))
    who = protocol.get("eligibilityModule", {})
    ages = " to ".join(str(who[k]) for k in ("minimumAge", "maximumAge") if who.get(k))
    sex = str(who.get("sex", "")).lower()
    return "; ".join(t for t in (conditions, ages, sex if sex not in ("", "all") else "") if t)


def _said(protocol: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Headings with their text, as the study says it."""
    status = protocol.get("statusModule", {})
    said = [str(status.get("overallStatus", "")).replace("_", " ").capitalize()]
    said.append(str(status.get("whyStopped", "")))
    yield "Status", ". ".join(t for t in said if t)
    described = protocol.get("descriptionModule", {})
    yield "Summary", str(described.get("briefSummary", ""))
    yield "Description", str(described.get("detailedDescription", ""))
    yield (
        "Conditions",
        "; ".join(map(str, protocol.get("conditionsModule", {}).get("conditions", ()))),
    )
    design = protocol.get("designModule", {})
    info = design.get("designInfo", {})
    told = [str(design.get("studyType", "")), *map(str, design.get("phases", ()))]
    told += [str(info.get(k, "")) for k in ("allocation", "interventionModel", "primaryPurpose")]
    count = design.get("enrollmentInfo", {}).get("count")
    told.append(f"enrolment {count}" if count is not None else "")
    yield "Design", ", ".join(t.replace("_", " ").lower() for t in told if t)
    arms = protocol.get("armsInterventionsModule", {})
    yield "Arms", _list(arms.get("armGroups", ()), "label", "description")
    yield "Interventions", _list(arms.get("interventions", ()), "name", "description")
    outcomes = protocol.get("outcomesModule", {})
    for key, heading in (
        ("primaryOutcomes", "Primary outcomes"),
        ("secondaryOutcomes", "Secondary outcomes"),
    ):
        yield heading, _list(outcomes.get(key, ()), "measure", "description", "timeFrame")
    yield "Eligibility", str(protocol.get("eligibilityModule", {}).get("eligibilityCriteria", ""))


def _list(things: Any, *keys: str) -> str:
    lines = ("; ".join(str(t[k]) for k in keys if t.get(k)) for t in things if isinstance(t, dict))
    return "\n".join(f"- {line}" for line in lines if line)
