"""User agents: which of them are programs, not people; and of what kind they are."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from typing import cast

REMEMBERED = 20_000
"""Agents come again and again; so many answers are kept."""


class Crawler(Exception):
    """The event was sent by a program that says so: it counts for nobody, and is no dead letter."""


@lru_cache(REMEMBERED)
def is_crawler(agent: str) -> bool:
    """Whether a user agent is known as a crawler, a monitor or a library (list: crawlerdetect).

    >>> is_crawler("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    True
    >>> is_crawler("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15")
    False
    """
    return _detector()(agent)


_PRODUCT = re.compile(r"([a-z][a-z-]*)/[a-z]?(\d{1,4})")
_KIND = re.compile(r"[a-z][a-z-]*-\d{1,4}(-[a-z]+)?")
_BROWSERS = {
    "edg": "edge", "edga": "edge", "edgios": "edge", "opr": "opera", "opera": "opera", "vivaldi": "vivaldi",
    "samsungbrowser": "samsung", "yabrowser": "yandex", "firefox": "firefox", "fxios": "firefox",
    "headlesschrome": "headlesschrome", "crios": "chrome",
}  # fmt: skip
"""Products that name themselves besides those whose likeness they claim."""
_LIKENESSES = frozenset(["mozilla", "applewebkit", "gecko", "khtml", "mobile", "safari", "version", "chrome"])
_PLATFORMS = {
    "android": "android", "iphone": "ios", "ipad": "ios", "windows": "windows", "mac os x": "macos",
    "cros": "chromeos", "linux": "linux",
}  # fmt: skip
READ = 512
"""So much of an agent is looked at."""
LONGEST_NAME = 20


@lru_cache(REMEMBERED)
def agent_kind(agent: str) -> str:
    """The product, its major version and the platform: what is kept of a user agent. `""` of one that names no product.

    >>> agent_kind("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0 Safari/537.36")
    'chrome-88-windows'
    >>> agent_kind("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15")
    'safari-17-macos'
    >>> agent_kind("Mozilla/5.0 (compatible; PriceWatch/2.1; 10.1.2.3)"), agent_kind("")
    ('pricewatch-2', '')
    """
    text = agent[:READ].lower()
    versions = dict(_PRODUCT.findall(text))
    name, version = _product(versions)
    platform = next((f"-{short}" for word, short in _PLATFORMS.items() if word in text), "")
    return f"{name[:LONGEST_NAME]}-{version}{platform}" if name else ""


def is_kind(text: str) -> bool:
    """Whether this has the form of what `agent_kind` gives."""
    return _KIND.fullmatch(text) is not None


def _product(versions: dict[str, str]) -> tuple[str, str]:
    """What an agent is, by the versions of all products that it names."""
    for name, browser in _BROWSERS.items():
        if name in versions:
            return browser, versions[name]
    others = [name for name in versions if name not in _LIKENESSES]
    if "chrome" in versions:
        return "chrome", versions["chrome"]
    if "version" in versions and "safari" in versions:
        return "safari", versions["version"]
    return (others[0], versions[others[0]]) if others else ("", "")


@cache
def _detector() -> Callable[[str], bool]:
    """Loaded when the first agent comes: to compile its list takes half a second, and many logs name no agents."""
    return cast("Callable[[str], bool]", import_module("crawlerdetect").CrawlerDetect().is_crawler)
