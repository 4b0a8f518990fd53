"""How dates are written: each form with its kind and the words with which it begins."""

from __future__ import annotations

from indicated.facts.numbers import WORDS

_MONTH = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_SHORT = r"'(?P<y2>\d{2})"  # '23
_N = rf"(?P<n>\d{{1,3}}(?:\.\d)?|a|an|{'|'.join(WORDS)})"
_ABOUT = (
    r"(?:(?P<about>about|approximately|approx\.?|around|roughly|almost|nearly|some|over|"
    r"more than|at least|exactly|just|precisely) )?"
)
_N2 = _N.replace("<n>", "<n2>")
_UNIT = r"(?P<u>days?|weeks?|wks?|months?|mos?|years?|yrs?)"
# "2 years and 3 months ago": what stands before the last of two units.
_MORE = (
    rf"(?:(?P<n0>\d{{1,2}}|a|an|{'|'.join(WORDS)}) (?P<u0>years?|yrs?|months?|weeks?|wks?)"
    r"(?: and|,)? )?"
)
_UNIT3 = _UNIT.replace("<u>", "<u3>")
_TH = r"(?:st|nd|rd|th)?"
_PART = r"(?:(?:the )?(?:early|late|mid|end of|beginning of|start of)[ -])?"
# What makes a bare number after a name something else than a year.
_NO_YEAR = r"(?! ?(?:mg|g|ml|iu|u|units?|%|days?|weeks?|kcal|feet|mcg|steps|calories|cc)\b)"
_RANGE = r"\s?(?:-|to|through|thru|until|till)\s?"
_FIRST_MONTH = _MONTH.replace("<mon>", "<mon1>")
_FIRST_YEAR = r"(?:,? (?P<y1>(?:19|20)\d{2}))?"
_IN = ("in since from until during of by around circa after before early late mid fall autumn "
       "spring summer winter year through to between")  # fmt: skip
_WAYS = r"(?P<way>ago|prior|earlier|back|previously|before)(?! (?:to|the|surgery|admission)\b)"
_AFTER = (
    r"(?P<way>prior to|before|preceding|ahead of|after|following|post|into|later than|"
    r"out from|s/p|status post|post ?op(?:erative(?:ly)?)?)"
)
_POD = (
    r"(?:post[ -]?op(?:erative)?(?:ly)? day|pod|hospital day|icu day|day of admission|"
    r"admission day)"
)

_SEASON_OF = r"(?P<rel>last|this past|past|this) "

# kind, what it begins with (a digit "0", a month's name "jan", or words), and how it is written.
FORMS: tuple[tuple[str, str, str], ...] = (
    ("ymd", "0", rf"{_YEAR}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:t\d\d:\d\d(?::\d\d)?z?)?"),
    ("mdy", "0", r"(?P<m>\d{1,2})(?P<sep>[-/.])(?P<d>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d{2}|\d{2})"),
    ("dmony", "0",
     rf"(?P<d>\d{{1,2}}){_TH}[ -]?(?:of )?{_MONTH}"
     rf"(?:[ ,/-]*{_YEAR}|,? ?{_SHORT}|-(?P<y3>\d\d)(?! ?[a-z]))"),
    ("dmon", "0",
     rf"(?P<d>\d{{1,2}})(?:(?:st|nd|rd|th)[ -](?:of )?{_MONTH}|"
     rf"[ -](?!may [a-z]){_MONTH.replace('mon>', 'mon2>')})(?! ?\d)"),
    ("mondy", "jan", rf"{_MONTH}[ -](?:the )?(?P<d>\d{{1,2}}){_TH}(?:,? |,|-){_YEAR}"),
    ("mondy", "jan", rf"{_MONTH} (?P<d>\d{{1,2}}){_TH},? ?{_SHORT}"),
    ("mony", "jan", rf"{_MONTH}(?:[ ,/-]+(?:of )?{_YEAR}| ?{_SHORT})"),
    ("monrel", "jan", rf"{_MONTH} (?:of )?(?P<rel>this|last) year"),
    ("my", "0", r"(?P<m>0?[1-9]|1[0-2])/(?P<y>(?:19|20)\d{2})"),
    ("ym", "0", r"(?P<y>(?:19|20)\d{2})-(?P<m>0[1-9]|1[0-2])"),
    ("mond", "jan", rf"{_MONTH} (?P<d>\d{{1,2}}){_TH}(?! ?mg)"),
    ("md", "on since from until by dated started stopped began completed discontinued admitted "
     "discharged", r"\w+ (?P<m>0?[1-9]|1[0-2])/(?P<d>\d{1,2})"),
    ("inmon", "in since from until during by early late mid around",
     rf"\w+ {_PART}(?:(?P<last>last )|this past )?{_MONTH}(?! ?\d| ?')"),
    ("inmon", "last this", rf"(?:(?P<last>last)|this past) {_MONTH}(?! ?\d| ?')"),
    ("year", _IN, rf"\w+[ -]?(?:the )?(?:of )?{_PART}{_YEAR}"),
    ("year", "in since from until by of", rf"\w+ {_SHORT}"),
    ("year", "(", rf"[(,][ ]?{_PART}{_YEAR}{_NO_YEAR}"),
    ("year", "given started stopped discontinued completed diagnosed dx begun began ended finished "
     "tried placed implanted performed done removed treated taken used d failed had last",
     rf"\w+[ ]{_YEAR}{_NO_YEAR}"),
    ("bare", "0", rf"(?<=[a-z)] ){_YEAR}{_NO_YEAR}"),
    ("range", "0",
     rf"(?P<d1>\d{{1,2}}){_TH}(?: (?:of )?{_FIRST_MONTH})?{_FIRST_YEAR}(?P<to>{_RANGE})"
     rf"(?P<d>\d{{1,2}}){_TH} (?:of )?{_MONTH},? {_YEAR}"),
    ("range", "0", r"(?P<m1>\d{1,2})/(?P<d1>\d{1,2})(?:/(?P<y1>(?:19|20)\d{2}|\d{2}))?"
     rf"(?P<to>{_RANGE})(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>(?:19|20)\d{{2}}|\d{{2}})"),
    ("range", "0",
     rf"(?P<y1>(?:19|20)\d{{2}})(?P<to>\s?-\s?)(?P<y>(?:19|20)\d{{2}}|1[3-9]|[2-9]\d){_NO_YEAR}"),
    ("range", "jan", rf"{_FIRST_MONTH}(?: (?P<d1>\d{{1,2}}){_TH})?{_FIRST_YEAR}(?P<to>{_RANGE})"
     rf"(?:{_MONTH} ?)?(?:(?P<d>\d{{1,2}}){_TH})?(?<=[a-z\d.]),? ?{_YEAR}"),
    ("ago", f"0 a an {' '.join(WORDS)} about approximately approx around roughly almost nearly "
     "some over more at exactly just precisely", rf"{_ABOUT}{_MORE}{_N} {_UNIT} {_WAYS}"),
    ("vague", "a several some many at long ages decades years months weeks days sometime",
     r"(?:a few|several|some|many|a couple of|a number of) (?:days|weeks|months|years|decades) "
     r"(?P<way>ago|prior|earlier|back|previously|before)(?! to)|"
     r"(?:a (?:good |long |little |short )?while|a long time|some time|sometime|ages|long|"
     r"(?:many )?(?:decades|years|months|weeks|days)) (?:ago|back)|"
     r"(?:at )?some (?:point|time|stage)(?: (?:in|during) (?:the past|his|her|their) ?[a-z0-9]*)?"),
    ("vague", "in as",
     r"in (?:his|her|their) (?:early |mid |late )?(?:teens|twenties|thirties|forties|fifties|"
     r"sixties|seventies|childhood|youth|infancy|[2-8]0s)|in (?:childhood|adolescence|infancy|"
     r"youth|the distant past|the remote past)|"
     r"as a (?:child|teenager|baby|boy|girl|young (?:man|woman|adult))"),
    ("season", "last this past", rf"{_SEASON_OF}(?P<season>spring|summer|autumn|winter)(?! break)"),
    ("season", "since in until from by during early late mid",
     rf"\w+ {_PART}{_SEASON_OF}(?P<season>spring|summer|autumn|winter|fall)(?! break)"),
    ("last", "last this", r"(?:last|this past) (?P<u>week|month|year)"),
    ("this", "this earlier",
     r"this (?P<u>week|month|year)|earlier this (?P<u2>week|month|year)"),
    ("day", "today yesterday tomorrow this day the last tonight earlier",
     r"today|yesterday|tomorrow|tonight|last night|earlier today|(?:the )?day before yesterday|"
     r"this (?:morning|afternoon|evening|am|pm|visit)|day of this visit"),
    ("window", "in over within during for throughout the past last previous preceding",
     r"(?:(?:in|over|within|during|for|throughout) (?:the )?|the )"
     rf"(?:past|last|previous|preceding|prior) (?:{_N} )?{_UNIT}|"
     rf"(?:past|last|previous|preceding) {_N2} {_UNIT3}"),
    ("hospital", "on post postop postoperative pod hospital icu day admission",
     rf"(?:on )?(?:{_POD}(?: ?#? ?(?P<n>\d{{1,3}}|{'|'.join(WORDS)}))?|"
     rf"day #?(?P<n2>\d{{1,3}}) post[ -]?op(?:erative(?:ly)?)?)"),
    ("offset", f"0 a an the {' '.join(WORDS)} about approximately exactly just",
     rf"(?:{_ABOUT}{_MORE}{_N} {_UNIT}|the (?P<u3>day|week|month|year)) {_AFTER}"),
    ("offset", "day", r"day (?P<n2>\d{1,3}) (?P<way>after|following|post|of|from)"),
    ("later", f"0 a an {' '.join(WORDS)}",
     rf"{_MORE}{_N} {_UNIT} (?P<way>later|thereafter|afterwards?|after that)(?! (?:than|the)\b)"),
    ("later", "the",
     r"the (?P<way>following|next|same|previous|preceding) (?P<u>day|week|month|year)"),
)  # fmt: skip
