"""User agents: which of them are programs, not people."""

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


@cache
def _detector() -> Callable[[str], bool]:
    """Loaded when the first agent comes: to compile its list takes half a second, and many logs name no agents."""
    return cast("Callable[[str], bool]", import_module("crawlerdetect").CrawlerDetect().is_crawler)
