"""The peer's side of `bench/reading.py`: medspaCy's blank pipeline over the same texts and names.

Runs in an environment of its own (medspaCy needs an older numpy), reads one JSON object from
standard input and writes one to standard output. Sections, sentences, names and contexts, as its
own documentation sets them up; nothing is tuned against it.
"""

from __future__ import annotations

import json
import resource
import sys
from time import process_time
from typing import Any


def main() -> None:
    """`{"names": {concept: [name]}, "texts": [str], "notes": [str], "repeat": n}` in; seconds, peak
    memory and, for each note, the entities with their context out."""
    from loguru import logger

    logger.disable("PyRuSH")  # it writes every word of every note to standard error otherwise
    import medspacy
    from medspacy.ner import TargetRule

    given: dict[str, Any] = json.load(sys.stdin)
    begun = process_time()
    nlp = medspacy.load(medspacy_enable=[
        "medspacy_pyrush", "medspacy_target_matcher", "medspacy_context", "medspacy_sectionizer",
    ])  # fmt: skip
    matcher = nlp.get_pipe("medspacy_target_matcher")
    matcher.add([TargetRule(name, id) for id, names in given["names"].items() for name in names])
    nlp("Ready.")
    loading = process_time() - begun
    seconds = []
    for _ in range(given["repeat"]):
        begun = process_time()
        for text in given["texts"]:
            nlp(text)
        seconds.append(process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    notes = [
        [
            [e.label_, e.start_char, e.end_char, [
                name for name, is_so in (
                    ("absent", e._.is_negated), ("family", e._.is_family),
                    ("historical", e._.is_historical), ("possible", e._.is_uncertain),
                    ("hypothetical", e._.is_hypothetical),
                ) if is_so
            ]]
            for e in nlp(note).ents
        ]
        for note in given["notes"]
    ]  # fmt: skip
    json.dump({"version": medspacy.__version__, "loading": loading, "seconds": seconds,
               "peak_kb": peak, "notes": notes}, sys.stdout)  # fmt: skip


if __name__ == "__main__":
    main()
