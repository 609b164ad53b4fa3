"""The browser of the tests is real, and its accessibility check sees what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import chromium

GOOD = "<!doctype html><html lang=en><title>t</title><main><h1>Rest</h1></main></html>"
# A policy as strict as that of our own pages: axe must work under it.
POLICY = {"Content-Security-Policy": "default-src 'self'"}


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


def show(page: Page, body: str) -> None:
    page.route(
        "**/*",
        lambda route: route.fulfill(
            body=body, headers={**POLICY, "Content-Type": "text/html; charset=utf-8"}
        ),
    )
    page.goto("http://levator.test/")


def test_it_draws_a_page(page: Page) -> None:
    show(page, GOOD)
    assert page.get_by_role("heading", name="Rest").bounding_box()["width"] > 0


def test_axe_accepts_a_good_page(page: Page, axe: Callable[[Page], list[str]]) -> None:
    show(page, GOOD)
    assert axe(page) == []


def test_axe_finds_a_picture_without_words(page: Page, axe: Callable[[Page], list[str]]) -> None:
    show(page, GOOD.replace("Rest</h1>", "Rest</h1><img src=x.png>"))
    assert [line.split(":")[0] for line in axe(page)] == ["image-alt"]


def test_pyodide_is_complete(pyodide: Path) -> None:
    names = {path.name for path in pyodide.iterdir()}
    assert {"pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"} <= names


def test_a_wrong_lev_chromium_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEV_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoBrowserError, match=r"LEV_CHROMIUM is /nowhere/chromium"):
        chromium.find()
