"""The library as a web site: it says what the policies say, and its search box works offline."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from markupsafe import escape
from tests.chromium import needs_browser

from indicated import load_library
from indicated.criteria import load_examples, shipped

ROOT = Path(__file__).resolve().parents[2]
IDS = ("botulinum-toxin-chronic-migraine", "cpap-obstructive-sleep-apnea", "mri-lumbar-spine")


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_build", ROOT / "docs/site/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = load_library()
    some = replace(library, policies={id: library.policies[id] for id in IDS})
    folder = tmp_path_factory.mktemp("site")
    assert builder().build(folder, some) == len(IDS) + 4
    return folder


def text(site: Path, name: str) -> str:
    return (site / f"{name}.html").read_text(encoding="utf-8")


def test_a_policy_page_has_everything(site: Path) -> None:
    policy = load_library().policies[IDS[0]]
    page = text(site, f"policy-{policy.id}")
    for heading in ("Criteria: initiation", "Thresholds", "Where silence counts as absent",
                    "Worked examples", "Changes", "Sources", "Where authorities disagree"):  # fmt: skip
        assert heading in page
    for asked in policy.phases.values():
        for criterion in (*asked.exclusions, *(c for r in asked.routes for c in r.criteria)):
            assert f"<code>{criterion.id}</code>" in page
    assert page.count('id="source-') == len(policy.references)
    folder = shipped().joinpath("policies", policy.id)
    for example in load_examples(folder, load_library().concepts):
        assert str(escape(example.name)) in page


def test_every_link_leads_somewhere_and_nothing_is_fetched(site: Path) -> None:
    for file in site.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"]+)"', page):
            if link.startswith(("https://", "http://")):
                assert f'<a href="{link}"' in page, "a link to follow, never a thing to load"
            elif link.startswith("#"):
                assert f'id="{link[1:]}"' in page
            elif not link.startswith("data:"):
                assert (site / link).is_file(), link


def test_lists_by_treatment_diagnosis_and_code(site: Path) -> None:
    assert "onabotulinumtoxinA" in text(site, "treatments")
    assert "obstructive sleep apn" in text(site, "diagnoses")
    assert re.search(r"ICD-10-CM G43", text(site, "codes"))


@needs_browser
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("botox", "OnabotulinumtoxinA"),
        ("migraine", "OnabotulinumtoxinA"),
        ("g43", "OnabotulinumtoxinA"),
        ("CPAP", "Continuous positive"),
        ("mri back", "MRI of the lumbar"),
        ("xyzzy", "No policy speaks of this."),
    ],
)
def test_the_search_box_finds_policies(browser: object, site: Path, asked: str, found: str) -> None:
    page = browser.new_page()  # type: ignore[attr-defined]
    heard: list[str] = []
    page.on("console", lambda m: heard.append(m.text))
    page.on("pageerror", lambda e: heard.append(str(e)))
    page.goto((site / "index.html").as_uri())
    page.fill("#find", asked)
    assert found in page.inner_text("#found li:first-child")
    assert heard == []
    page.close()


@needs_browser
def test_enter_opens_the_first_and_a_phone_need_not_scroll_sideways(
    browser: object, site: Path
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})  # type: ignore[attr-defined]
    page.goto((site / "index.html").as_uri())
    page.fill("#find", "lumbar")
    page.press("#find", "Enter")
    page.wait_for_url("**/policy-mri-lumbar-spine.html")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.close()
