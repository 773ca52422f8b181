"""What the demo ends with: the same log under a changed model, as a report."""

import webbrowser
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.prompt import Confirm

from config.loading import standard_model_path
from flows.replay.report_text import findings
from flows.replay.run import Request, replay, write
from flows.replay.sides import Load
from flows.show_text import plain

FOLDER = Path("leadstream-replay")
REPS = 5
COOLING = ('half_life = "10d"', 'half_life = "20d"')
NOTE = "Interest in pricing, integrations, security and demos cools half as fast: do more deals survive a slow month?"
Ask = Callable[[str], bool]


def offer(log: Path, console: Console, ask: Ask = Confirm.ask) -> None:
    """Without a terminal say how it goes; on one ask, replay, say what was found, and open the report if told to."""
    if not console.is_terminal:
        console.print(f"What would another model have made of this? leadstream replay {plain(str(log))} --model FILE")
        return
    console.print(
        "\nWhat if interest cooled half as fast? A replay of this log says who would move, in about a minute."
    )
    if not ask("Replay it?"):
        return
    report = replay_changed(log, FOLDER, console)
    if ask("Open it in a browser?"):
        webbrowser.open(report.resolve().as_uri())


def replay_changed(log: Path, folder: Path, console: Console) -> Path:
    """Write the changed model and the report on it into a folder, and print the findings; where the report is."""
    folder.mkdir(exist_ok=True)
    model, page, outcomes = folder / "cools-slower.toml", folder / "report.html", log.with_name("outcomes.csv")
    model.write_text(changed(standard_model_path().read_text(encoding="utf-8")), encoding="utf-8")
    known = outcomes if outcomes.exists() else None
    request = Request(log=log, proposed=model, outcomes=known, html=page, load=Load(REPS, 8.0, 100))
    report = replay(request)
    for finding in findings(report):
        console.print(f"- {plain(finding)}", highlight=False)
    write(report, request)
    console.print(f"The report: [bold]{plain(str(page))}[/]; the model: {plain(str(model))}")
    return page


def changed(model: str) -> str:
    """The standard model, with what is evaluated cooling half as fast; its version and note say so."""
    head, note, rest = model.partition("note = ")
    rest = f'"{NOTE}"\n' + rest.partition("\n")[2]
    return head.replace('version = "1"', 'version = "2-cools-slower"') + note + rest.replace(*COOLING)
