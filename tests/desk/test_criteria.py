"""The criteria of a case as a tree: each with its finding, what it rests on and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import update

from indicated.serve.desk.database import transaction
from indicated.serve.desk.tables import Version
from tests.desk.conftest import Place

DATABASES = ("sqlite",)


def rows(criteria: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in criteria:
        yield row
        yield from rows(row["parts"])


def example(place: Place) -> str:
    asked = place.of("author").post("/api/ask/example", json={})
    place.work()
    return str(asked.json()["id"])


def test_every_criterion_of_an_item_with_what_it_rests_on(place: Place) -> None:
    id = example(place)
    browser = place.of("author")
    data = browser.get(f"/cases/{id}/versions/1/data.json").json()
    tabs = browser.get(f"/api/cases/{id}/criteria").json()["tabs"]
    assert [t["item"] for t in tabs] == [d["item"]["words"] for d in data["determinations"]]
    for tab, judged in zip(tabs, data["determinations"], strict=True):
        page = browser.get(f"/api/cases/{id}/criteria?item={tab['n']}").json()
        shown = [r for g in page["groups"] for r in rows(g["criteria"])]
        found = [r for g in judged["findings"].values() for r in rows(g)]
        assert sorted((r["id"], r["truth"]) for r in shown) == sorted(
            (r["id"], r["truth"]) for r in found
        )
        assert sum(len(r["facts"]) for r in shown) == sum(len(r["facts"]) for r in found)
        html = browser.get(f"/cases/{id}/criteria?item={tab['n']}").text
        assert html.count('class="finding"') == len(shown)  # a word beside every colour
    assert browser.get(f"/api/cases/{id}/criteria?item=99").status_code == 400


def test_words_of_the_record_open_at_their_place(place: Place) -> None:
    id = example(place)
    browser = place.of("author")
    page = browser.get(f"/api/cases/{id}/criteria").json()
    shown = [r for g in page["groups"] for r in rows(g["criteria"])]
    words = [w for r in shown for f in r["facts"] for w in f["passages"]]
    places = {w["place"] for w in words if not w["by"]} - {""}
    assert places
    chart = browser.get(f"/cases/{id}/versions/1/article-chart.html").text
    for at in places:
        address, name = at.split("#")
        assert address == f"/cases/{id}/versions/1/article-chart.html"
        assert f'id="{name}"' in chart
    assert any("IgG" in f["says"] and "495 mg/dL" in f["says"] for r in shown for f in r["facts"])
    assert all(not r["ask"] for r in shown if r["truth"] != "unknown")


def test_an_exclusion_that_is_not_met_speaks_for_the_treatment(place: Place) -> None:
    id = example(place)
    page = place.of("author").get(f"/api/cases/{id}/criteria").json()
    [group] = [g for g in page["groups"] if g["heading"].startswith("Exclusions")]
    turned = {"met": "not_met", "not_met": "met", "unknown": "unknown"}
    assert all(r["tone"] == turned[r["truth"]] for r in group["criteria"])


def test_pictures_of_the_article(place: Place) -> None:
    id = example(place)
    browser = place.of("author")
    pictures = browser.get(f"/api/cases/{id}/criteria").json()["pictures"]
    assert any("criteria at a glance" in p["caption"] for p in pictures)
    for picture in pictures:
        drawn = browser.get(f"/cases/{id}/versions/1/picture.svg?number={picture['n']}")
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert drawn.text.startswith("<svg")
        assert drawn.headers["content-security-policy"].startswith("default-src 'none'")
    assert browser.get(f"/api/cases/{id}/versions/1/picture.svg?number=99").status_code == 400


def test_criteria_that_were_altered_are_not_shown(place: Place) -> None:
    id = example(place)
    with transaction(place.engine) as db:
        db.execute(update(Version).values(data=Version.data + " "))
    assert place.of("author").get(f"/api/cases/{id}/criteria").status_code == 409
