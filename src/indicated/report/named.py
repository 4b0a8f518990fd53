"""Names of persons and facilities in one text: by the words beside them, and by what they are not.

A capital letter is held against the words that the library, English and the census know; titles,
roles, kin and degrees beside a word decide where those lists leave it open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indicated.report.word_lists import Words, unaccented

_TOKEN = re.compile(r"[^\W\d_][\w]*(?:[’'.-](?=[^\W\d_])\w+)*(?:['’](?!\w))?")


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An identifying detail: where it stands, and of what kind it is."""

    start: int
    end: int
    kind: str


class Named:
    """Names of persons and facilities in one text."""

    def __init__(self, text: str, words: Words):
        self.text, self.words = text, words
        self.tokens = tokens = list(_TOKEN.finditer(text))
        self.cues = words.cues
        low = [t[0].casefold().rstrip("'’") for t in tokens]
        self.base = [unaccented(re.sub(r"['’]s$", "", w)) for w in low]

    # --- facilities ------------------------------------------------------------------------------

    def facilities(self) -> Iterator[Found]:
        """Capitalised words that end in "Hospital" and the like, where one of them is a name."""
        for i, base in enumerate(self.base):
            if base not in self.cues["facilities"] or not self._capital(i):
                continue
            first = i
            while first and self._joined(first - 1) and i - first < 6:
                first -= 1
            while first < i and not self._capital(first):
                first += 1
            last = i
            if i + 2 < len(self.tokens) and self.base[i + 1] == "of" and self._capital(i + 2):
                last = i + 2
            own = [n for n in range(first, last + 1) if n != i and self._own(n)]
            if own and first <= i:
                yield Found(self.tokens[first].start(), self.tokens[last].end(), "facility")

    def _joined(self, n: int) -> bool:
        """Whether a word and the next belong to one name."""
        between = self.text[self.tokens[n].end() : self.tokens[n + 1].start()]
        small = self.base[n] in ("of", "the", "and") and n > 0 and self._capital(n - 1)
        return between in (" ", " & ", ". ") and (self._capital(n) or small)

    def _own(self, n: int) -> bool:
        word = self.base[n]
        if not self._capital(n) or word in self.cues["titles"] | self.cues["facilities"] - {
            "university"
        }:
            return word in self.cues["markers"] and self._capital(n)
        if word in self.cues["markers"] or self.words.kind(word) != "ordinary":
            return True
        return word in self.words.surnames and word not in self.cues["generic"]

    # --- persons ---------------------------------------------------------------------------------

    def names(self) -> Iterator[Found]:
        """Names of persons, with a cue before them or without."""
        taken: set[int] = set()
        for rule in self.RULES:
            for n in rule(self):
                taken.add(n)
        taken |= set(self._neighbours(taken))
        found: list[Found] = []
        for n in sorted(taken):
            start = self.tokens[n].start()
            end = start + len(re.sub(r"['’]s?$", "", self.tokens[n][0]))
            if n - 1 in taken and re.fullmatch(r",? |\. |-", self._gap(n - 1)):
                start = found.pop().start  # one name of several words
            found.append(Found(start, end, "name"))
        yield from found

    def _gap(self, n: int) -> str:
        """What stands between a word and the next."""
        return self.text[self.tokens[n].end() : self.tokens[n + 1].start()]

    def _capital(self, n: int) -> bool:
        return self.tokens[n][0][0].isupper()

    def _upper(self, n: int) -> bool:
        return self.tokens[n][0].isupper() and len(self.tokens[n][0]) > 1

    def _short(self, n: int) -> bool:
        """An abbreviation: "COPD RN"."""
        return self._upper(n) and len(self.base[n]) < 4

    def _first(self, n: int) -> bool:
        """Whether a word begins a sentence, a line or an entry: its capital then says nothing."""
        before = self.text[: self.tokens[n].start()].rstrip(" \"“'(-*•")
        return not before or before[-1] in ".:;!?\n•/"

    def _cued(self) -> Iterator[int]:
        """After a title, a role or kin, in any case of letters after a title."""
        for n, word in enumerate(self.base[:-1]):
            gap = self._gap(n)
            if word in self.cues["titles"] and re.fullmatch(r"\.? ", gap):
                yield from self._titled(n)
            elif word == "pt" and gap == " " and self._full_name(n + 1):
                yield from (n + 1, n + 2)
            elif word in self.cues["kin"] and re.fullmatch(r",? \(?|, | \(|: ", gap):
                yield from self._run(n + 1)
            elif word in self.cues["roles"] and re.fullmatch(r":? ?|,? ", gap):
                yield from self._run(n + 1, strange=not gap.startswith(":") and self._first(n))
            elif word in self.cues["labels"] and re.fullmatch(r" ?: ?\s*| ", gap):
                plain = gap == " " and word in (
                    "re",
                    "to",
                    "from",
                    "by",
                    "name",
                    "contact",
                    "patient",
                )
                yield from self._run(n + 1, strange=plain)
            elif word == "by" and gap == " ":
                yield from self._run(n + 1, strange=True)

    def _titled(self, n: int) -> Iterator[int]:
        """After a title; in small letters after one in small letters ("d/w dr patel")."""
        after = self.base[n + 1]
        if after in ("and", "&") and n + 2 < len(self.tokens):
            yield from self._titled(n + 1) if self.base[n + 2] not in self.cues["titles"] else ()
            return
        small = self.tokens[n][0].islower() and after not in self.cues["does"]
        if small and self.words.kind(after) in ("ordinary", "english"):
            then = self.base[n + 2] if n + 2 < len(self.tokens) else ""
            goes_on = re.match(r" [^\W\d]", self._after(n + 1)) and then not in self.cues["does"]
            strange = after in self.words.surnames or self.words.kind(after) == "english"
            if not strange or goes_on:
                return
        if small and self.base[n] in ("sister", "don", "rev", "miss") and not self._capital(n + 1):
            return
        yield from self._run(n + 1, small=small, sure=True)

    def _full_name(self, n: int) -> bool:
        """Two words in any letters, of which the first is a given name and the second a surname."""
        if n + 1 >= len(self.tokens) or self._gap(n) != " ":
            return False
        first, second = self.base[n], self.base[n + 1]
        if second in self.cues["does"] or first in self.words.ordinary | self.cues["does"]:
            return first in self.words.given and self._strange(n + 1)
        form = first.endswith(("ed", "ing", "ly")) and first not in self.words.given
        return not form and (second in self.words.surnames or self._strange(n + 1))

    def _after(self, n: int) -> str:
        """The text that follows a word."""
        return self.text[self.tokens[n].end() :]

    def _run(
        self, n: int, *, small: bool = False, strange: bool = False, sure: bool = False
    ) -> Iterator[int]:
        """The words of a name that begins here: capitalised, or small ones after a small title."""
        count = 0
        while n < len(self.tokens) and count < 5:
            word = self.base[n]
            fits = self._capital(n) or small
            particle = word in self.cues["particles"] and n + 1 < len(self.tokens)
            if word in self.cues["degrees"] or (count and word in self.cues["titles"]):
                return
            if not (fits or (particle and count)) or (small and count == 1):
                return
            if count == 0 and not sure and self._no_name(n, strange=strange):
                return
            if word in self.cues["titles"] or (count and word in self.cues["states"]):
                return
            if count and self._no_name(n, strange=False) and word not in self.words.surnames:
                return
            yield n
            count += 1
            if n + 1 >= len(self.tokens) or not re.fullmatch(r" |\. |, |-", self._gap(n)):
                return
            if sure and self.base[n + 1] == "and" and n + 2 < len(self.tokens):
                n += 1
                if not self._capital(n + 1):
                    return
            if self._gap(n) in (", ", ". ") and not (self._capital(n + 1) and self._strange(n + 1)):
                return
            n += 1

    def _no_name(self, n: int, *, strange: bool) -> bool:
        """A word after a cue that is none: "Patient Denies", "Attending Physician", "Name of"."""
        word = self.base[n]
        cue = any(word in self.cues[c] for c in ("roles", "does", "facilities", "numbered", "kin"))
        if len(word) == 1:
            return False
        if cue and word not in self.words.names:
            return True
        if self._upper(n) and len(word) <= 4 and word not in self.words.names:
            return True
        kind = self.words.kind(word)
        known = kind == "ordinary" or (kind == "english" and strange)
        listed = word in self.words.names
        if strange:
            noun = n + 1 < len(self.tokens) and self.base[n + 1] in self.cues["protects"]
            does = n + 1 < len(self.tokens) and self.base[n + 1] in self.cues["does"]
            if does and word in self.words.given and not self._upper(n):
                return False
            return known or noun or self._upper(n)
        return known and not listed

    def _strange(self, n: int) -> bool:
        return self.words.kind(self.base[n]) != "ordinary" or self.base[n] in self.words.given

    def _protected(self, n: int) -> bool:
        """An eponym, a drug, an organism: a capital that names no person here."""
        word = self.base[n]
        if self._before_noun(n):
            return True
        listed = word in self.words.names
        if word in self.words.clinical and not listed:
            return True
        if re.match(r"[ -]\d", self.text[self.tokens[n].end() :]):
            return True  # "Stelara 90 mg"
        does = n + 1 < len(self.tokens) and self.base[n + 1] in self.cues["does"]
        person = does and self._first(n) and self.words.kind(word) != "unknown"
        return word in self.cues["eponyms"] and not person

    def _before_noun(self, n: int) -> bool:
        """Before a noun of medicine, as an eponym stands: "Wilson disease", "Foley catheter"."""
        if n + 1 >= len(self.tokens) or self._gap(n) != " " or self._capital(n + 1):
            return False
        noun = self.base[n + 1]
        if noun in self.cues["protects"]:
            return True
        medical = noun in self.words.clinical and noun not in self.cues["does"]
        return medical and len(noun) > 4 and not noun.endswith(("ed", "ing"))

    def _inside(self) -> Iterator[int]:
        """A name that is a word too, its capital amid small words: "seen by Price"."""
        for n in range(1, len(self.tokens)):
            word = self.base[n]
            small = not self._capital(n - 1) and self._gap(n - 1) == " " and not self._upper(n)
            then = self._after(n)[:2]
            if not (self._capital(n) and small and len(word) > 2 and not self._protected(n)):
                continue
            ends = then[:1] in ("", ".", ",", ";", ")", "'", "’") or (
                then[:1] == " " and then[1:].islower()
            )
            aside = any(word in self.cues[c] for c in ("states", "titles", "facilities", "roles"))
            if word in self.words.names and ends and not aside:
                said = self.base[n - 1] == "by" or self.base[max(0, n - 2) : n] == [
                    "according",
                    "to",
                ]
                whence = self.base[n - 1] == "of" and n > 1 and self._capital(n - 2)
                if word not in self.words.clinical or word in self.words.given or said or whence:
                    yield n

    def _free(self) -> Iterator[int]:
        """Capitalised words that are no words, or are names as well where no sentence begins."""
        for n, word in enumerate(self.base):
            if not self._capital(n) or len(word) < 2 or self._protected(n):
                continue
            lists = ("states", "titles", "degrees", "particles", "numbered", "pronouns")
            known = any(word in self.cues[c] for c in lists)
            kind = self.words.kind(word)
            if known or (kind == "ordinary" and not self._person(n)):
                continue
            if self._upper(n):
                if len(word) > 4 and kind == "name":
                    yield n
            elif kind in ("name", "unknown") or not self._first(n) or self._person(n):
                yield n

    def _person(self, n: int) -> bool:
        """A name that is a word, at the beginning, before what a person does: "Rose has had"."""
        listed = self.base[n] in self.words.names
        lists = ("roles", "kin", "pronouns", "labels", "titles", "does", "facilities")
        if self._upper(n) or any(self.base[n] in self.cues[c] for c in lists):
            return False
        if not listed and self.base[n] in self.words.ordinary:
            return False
        own = self.tokens[n][0].endswith(("'s", "’s"))
        if n + 1 >= len(self.tokens):
            return False
        then = self.base[n + 1] in self.cues["does"] - {"and", "or", "with", "will", "may", "can"}
        both = self.words.kind(self.base[n]) in ("either", "english")
        both = both or self.base[n] in self.words.given
        return (then and self._gap(n) == " ") or (own and both)

    def _comma(self) -> Iterator[int]:
        """ "Last, First": two capitalised words of which one at least is known as a name."""
        for n in range(len(self.tokens) - 1):
            a, b = self.base[n], self.base[n + 1]
            if self._gap(n) not in (", ", ",") or not (self._capital(n) and self._capital(n + 1)):
                continue
            kinds = {self.words.kind(a), self.words.kind(b)}
            loud = self._upper(n) and self._upper(n + 1) and min(len(a), len(b)) > 2
            listed = a in self.words.surnames and b in self.words.given
            strange = kinds & {"name", "unknown"} and min(len(a), len(b)) > 4
            mixed = (a in self.words.surnames or b in self.words.given) and kinds != {"ordinary"}
            if (loud and (listed or mixed or (strange and a not in self.words.clinical))) or (
                self._first(n)
                and a in self.words.surnames
                and self.words.kind(b) != "ordinary"
                and b not in self.words.clinical
            ):
                yield from (n, n + 1)

    def _pair(self) -> Iterator[int]:
        """ "Olga Price": a given name before a surname, both with capitals."""
        for n in range(len(self.tokens) - 1):
            a, b = self.base[n], self.base[n + 1]
            if not (self._gap(n) == " " and self._capital(n)):
                continue
            if b in self.cues["particles"] and not self._capital(n + 1) and a in self.words.given:
                m = n + 1
                while m < len(self.tokens) - 1 and self.base[m] in self.cues["particles"]:
                    m += 1
                if self._capital(m):
                    yield from range(n, m + 1)
            if not self._capital(n + 1):
                continue
            listed = a in self.words.given and b in self.words.surnames and not self._upper(n)
            lists = ("roles", "kin", "labels", "does", "titles", "pronouns", "facilities", "states")
            cue = any(a in self.cues[c] for c in lists) or a in self.words.clinical
            if self._first(n) and not cue and a not in self.words.ordinary:
                listed = listed or (b in self.words.surnames and not self._upper(n + 1))
            words = {self.words.kind(a), self.words.kind(b)} == {"ordinary"} and self._first(n)
            if listed and not words and not self._before_noun(n + 1):
                yield from (n, n + 1)

    def _degree(self) -> Iterator[int]:
        """Before "MD", "RN" and the like."""
        for n, word in enumerate(self.base):
            upper = self.tokens[n][0].rstrip(".")
            if word.rstrip(".") in self.cues["degrees"] and n and not upper.islower():
                if word in ("do", "pa", "np") and not self._upper(n):
                    continue
                m = n - 1
                while (
                    m >= 0 and n - m <= 3 and self._gap(m) in (" ", ", ", ". ") and self._capital(m)
                ):
                    if self._no_name(m, strange=False) or self._short(m):
                        break
                    yield m
                    m -= 1

    def _neighbours(self, taken: set[int]) -> Iterator[int]:
        """Names, initials and particles beside a name: "Maria Brown", "Jun van Long", "John Q."."""
        for n in sorted(taken):
            for step in (-1, 1):
                m = n + step
                while 0 <= m < len(self.tokens) and m not in taken and self._beside(m, step):
                    yield m
                    m += step

    def _beside(self, m: int, step: int) -> bool:
        """Whether a word goes with the name on its one side (step 1: the name stands before)."""
        gap = self._gap(min(m, m - step))
        word = self.base[m]
        if word in self.cues["particles"] and gap == " ":
            return not self._capital(m)
        if not self._capital(m) or (gap not in (" ", "-") and not re.fullmatch(r",? |\. ", gap)):
            return False
        if len(word) == 1:
            return gap == " " or gap == ". "
        if word in self.cues["suffixes"]:
            return True
        if gap != " " and not (gap == "-" or (gap == ". " and len(self.base[m - step]) == 1)):
            return False
        lists = ("roles", "kin", "titles", "facilities", "states", "degrees", "labels", "protects")
        aside = any(word in self.cues[c] for c in lists)
        if word in self.cues["eponyms"]:
            aside = aside or step < 0 or self._before_noun(m)
        listed = word in self.words.names
        strange = word not in self.words.ordinary and not self._upper(m)
        return (listed or strange) and not aside

    RULES: tuple[Callable[[Named], Iterator[int]], ...] = (
        _cued,
        _free,
        _inside,
        _comma,
        _pair,
        _degree,
    )
