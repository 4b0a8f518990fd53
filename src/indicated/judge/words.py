"""Why a leaf came out as it did: one clause each, free of numbers and names."""

from __future__ import annotations

from typing import Any

WHY: dict[str, Any] = {
    "present": "the record says so",
    "denied": "the record says that it is absent",
    "other": "the record shows it, but not of the kind that is asked",
    "silent": "the record does not say",
    "sought": "it was looked for in the record and is not there",
    "claimed": "it is claimed (a letter, a code, the payer or the question), and no note shows it",
    "possible": "it is only suspected or possible",
    "disputed": "the record contradicts itself",
    "too_few": "fewer are documented than are asked for; whether there were more is not said",
    "no_number": "it is mentioned without a value",
    "undated": "the date is missing or not precise enough",
    "stale": "what is documented lies outside the time that counts",
    "relation": "whether it was before or after the treatment or event is not said",
    "unrelated": "what is documented was taken at another time than is asked",
    "length": "how long it lasted is not said",
    "ended": "why it ended is not said",
    "response": "the response is not said",
    "shown": "how it was shown is not said",
    "dose": "the dose is not said",
    "site": "the site is not said",
    "current": "whether it still holds is not said",
    "unit": "the unit is missing or impossible, so the value cannot be compared",
    "range": "the value is given as a range or limit that does not decide",
    "tie": "two values of the same day disagree",
    "order": "which value counts depends on a date that is not known",
    "baseline": "there is no baseline to compare with",
    "picked": {
        "latest": "the latest value decides",
        "earliest": "the earliest value decides",
        "lowest": "the lowest value decides",
        "highest": "the highest value decides",
        "any": "one of the values decides",
        "every": "every value counts",
    },
}
