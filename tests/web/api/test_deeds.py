"""Whatever a page does, a route of the interface does, or it is said why only a browser can."""

from collections.abc import Iterable, Mapping

from docs.api_deeds import BROWSER_ONLY, DEEDS, OTHERWISE
from levator.web.routes import ACTIONS, PUBLIC
from tests.web.cases import api_actions

PAGES = {*ACTIONS, *PUBLIC}


def without_route(pages: Iterable[str]) -> set[str]:
    """Pages for which neither a route nor a reason is named."""
    return set(pages) - DEEDS.keys() - BROWSER_ONLY.keys()


def of_another_action(actions: Mapping[str, str]) -> set[str]:
    """Pages whose routes are another act than they are."""
    return {
        page
        for page, routes in DEEDS.items()
        if page in ACTIONS and {actions[route] for route in routes} != {ACTIONS[page]}
    }


def test_every_page_has_its_route_or_a_reason_and_none_has_both() -> None:
    assert without_route(PAGES) == set()
    assert {*DEEDS, *BROWSER_ONLY} <= PAGES
    assert not DEEDS.keys() & BROWSER_ONLY.keys()
    assert all(BROWSER_ONLY.values())


def test_a_new_deed_of_a_page_without_a_route_is_found() -> None:
    assert without_route([*PAGES, "POST /patients/{patient_id}/x"]) == {
        "POST /patients/{patient_id}/x"
    }


def test_every_route_named_is_there_and_every_route_that_is_there_is_named() -> None:
    named = {route for routes in DEEDS.values() for route in routes}
    assert named == api_actions().keys()


def test_a_page_and_its_routes_are_the_same_act() -> None:
    assert of_another_action(api_actions()) == OTHERWISE.keys()
