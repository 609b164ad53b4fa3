"""What a browser calls itself, in two words: the makers' own names, the same in all languages."""

from __future__ import annotations

#: The first that is named counts: several call themselves by the others' names too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(told: str) -> str:
    """Return a short name for what a browser tells of itself."""
    found = [
        next((name for sign, name in names if sign in told), "") for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found)) or told.partition("/")[0][:40] or "?"
