"""`leadstream simulate-crm`."""

from typing import Annotated

import typer

from flows.exits import Problem


def simulate_crm(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8090,
    token: Annotated[str, typer.Option(envvar="LEADSTREAM_HUBSPOT_TOKEN", help="Token it accepts.")] = "demo",
    burst: Annotated[int, typer.Option(min=1, help="API calls it allows per ten seconds.")] = 100,
) -> None:
    """A CRM that speaks HubSpot's API strictly, with a page that shows its records. For demos and tests.

    Example: `leadstream simulate-crm --port 8090`, then
    `leadstream deliver --hubspot-url http://127.0.0.1:8090 --hubspot-token demo --create-companies`
    """
    # Imported here: no other command should wait for a web server to load.
    from simulators.hubspot.seed import SeedUnusable  # noqa: PLC0415
    from simulators.hubspot.server import PortTaken, serve  # noqa: PLC0415
    from simulators.hubspot.settings import SimulatorSettings  # noqa: PLC0415

    try:
        serve(SimulatorSettings(token=token, port=port, burst=burst))
    except (PortTaken, SeedUnusable) as error:
        raise Problem(str(error)) from None
