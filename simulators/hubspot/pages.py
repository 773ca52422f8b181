"""The pages a salesperson reads."""

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulators.hubspot import when
from simulators.hubspot.call_list import UNSCORED, Asked, call_list
from simulators.hubspot.chart import HEIGHT, WIDTH, chart
from simulators.hubspot.crm import Record, Shelf
from simulators.hubspot.history import steps
from simulators.hubspot.lead import Account, Lead, account, lead, newest_score, people
from simulators.hubspot.simulator import Simulator, simulator

_VERSIONS_SHOWN = 25
_BREAK = Markup("<wbr>")
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:"


def templates() -> Environment:
    """The templates of this package, and the words they use for times."""
    found = Environment(
        loader=PackageLoader("simulators.hubspot"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(day=when.day, minute=when.minute, iso=when.iso, relative=when.relative)
    found.filters.update(tone=_tone, breakable=_breakable, sentence=_sentence)
    found.globals.update(chart_width=WIDTH, chart_height=HEIGHT, unscored=UNSCORED)
    return found


def _tone(band: str) -> str:
    return {"high": "hot", "medium": "warm", "low": "cool"}.get(band, "plain")


def _breakable(address: str) -> Markup:
    """An address that breaks before its `@`, or within its domain; a domain alike."""
    name, at, domain = address.rpartition("@")
    before = escape(name) + _BREAK + at if at else Markup()
    return before + escape(domain).replace(".", _BREAK + ".")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


_TEMPLATES = templates()


async def contacts(request: Request) -> Response:
    """GET / : the people to call."""
    return _list(request, simulator(request).crm.contacts)


async def companies(request: Request) -> Response:
    """GET /companies : the companies to work on."""
    return _list(request, simulator(request).crm.companies)


def _list(request: Request, shelf: Shelf) -> Response:
    asked = Asked(
        band=request.query_params.get("band", ""),
        words=request.query_params.get("q", "").strip(),
        page=_page(request.query_params.get("page", "1")),
    )
    found = call_list(simulator(request).crm, shelf, asked)
    return _page_of(request, "list.html", shelf=shelf, asked=asked, found=found)


def _page(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() else 1


async def contact(request: Request) -> Response:
    """GET one contact."""
    crm = simulator(request).crm
    record = crm.contacts.find(request.path_params["record_id"])
    if record is None:
        return missing_page(request)
    return _record(request, crm.contacts, record, [], account(crm, record))


async def company(request: Request) -> Response:
    """GET one company, with its people."""
    crm = simulator(request).crm
    record = crm.companies.find(request.path_params["record_id"])
    if record is None:
        return missing_page(request)
    found = [lead(crm.contacts, each) for each in people(crm, record)]
    found.sort(key=lambda each: -1.0 if each.score is None else each.score, reverse=True)
    return _record(request, crm.companies, record, found)


def _record(
    request: Request, shelf: Shelf, record: Record, found: list[Lead], belongs_to: Account | None = None
) -> Response:
    history = steps(shelf, record)
    shown = history[::-1] if "all" in request.query_params else history[: -_VERSIONS_SHOWN - 1 : -1]
    return _page_of(
        request,
        "record.html",
        shelf=shelf,
        lead=lead(shelf, record),
        account=belongs_to,
        people=found,
        told=len(history),
        shown=shown,
        chart=chart(history, _now(simulator(request))),
    )


def missing_page(request: Request) -> Response:
    """What stands at an address that leads nowhere."""
    return _page_of(request, "missing.html", status=404)


def _page_of(request: Request, template: str, status: int = 200, **context: object) -> Response:
    found = simulator(request)
    html = _TEMPLATES.get_template(template).render(
        now=_now(found),
        home=request.base_url,
        **context,
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def _now(found: Simulator) -> int:
    newest = newest_score(found.crm)
    return found.clock() if newest is None else newest


def routes() -> list[Route | Mount]:
    """The pages and what they are drawn with."""
    return [
        Route("/", contacts),
        Route("/companies", companies),
        Route("/contacts/{record_id}", contact),
        Route("/companies/{record_id}", company),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
