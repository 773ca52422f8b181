"""The whole simulator as one ASGI application."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from simulators.hubspot import control, objects_api, pages, properties_api
from simulators.hubspot.errors import Problem, Refused, not_found
from simulators.hubspot.gate import Gate, refused_response
from simulators.hubspot.simulator import Simulator


def application(simulator: Simulator) -> ASGIApp:
    """API, control endpoints and pages. Only names of this machine are answered: the pages need no token."""
    app = Starlette(
        routes=[*objects_api.routes(), *properties_api.routes(), *control.routes(), *pages.routes()],
        exception_handlers={Refused: _refused, HTTPException: _unroutable},
    )
    app.state.simulator = simulator
    return TrustedHostMiddleware(Gate(app, simulator), allowed_hosts=["127.0.0.1", "localhost"])


async def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)  # starlette hands over what it was registered for
    return refused_response(refused)


async def _unroutable(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, HTTPException)  # starlette hands over what it was registered for
    if not request.url.path.startswith(("/crm/", "/_simulator/")):
        return pages.missing_page(request)
    if wrong.status_code == 404:
        return refused_response(not_found())
    return refused_response(Refused(wrong.status_code, Problem(message=wrong.detail, category="METHOD_NOT_ALLOWED")))
