"""The files of `deploy/` against the program they start: names, ports and counts that must agree.

They are read as text. What Docker and Kubernetes think of them is not tested, but for what `kubectl kustomize` sees.
"""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

from flows.cli import app
from flows.metrics import server

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
KUBERNETES = {path.stem: path.read_text() for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))}
SCORE, DELIVER, SETTINGS = (KUBERNETES[name] for name in ("score", "deliver", "settings"))
SECRETS = ("LEADSTREAM_REDIS", "LEADSTREAM_SECRET", "LEADSTREAM_HUBSPOT_TOKEN", "LEADSTREAM_KAFKA_PASSWORD")


def environment_of(command: str) -> set[str]:
    """The environment variables that a command reads."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group of commands
    return {str(one.envvar) for one in commands[command].params if getattr(one, "envvar", None)}


def variables(text: str) -> set[str]:
    """What is set for the program; not what a person sets for compose."""
    return set(re.findall(r"^ *(?:- name: )?(LEADSTREAM_[A-Z_]+)(?::| *(?:#.*)?$)", text, re.MULTILINE))


def service(name: str) -> str:
    """A service's part of the compose file."""
    found = re.search(rf"^  {name}:\n(.*?)(?=^  \w|^\w|\Z)", COMPOSE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def the(pattern: str, text: str) -> str:
    """The one thing that a pattern finds."""
    (found,) = set(re.findall(pattern, text, re.MULTILINE))
    return str(found)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("score", service("score")),
        ("deliver", service("deliver")),
        ("score", SCORE + SETTINGS),
        ("deliver", DELIVER),
    ],
    ids=["compose score", "compose deliver", "kubernetes score", "kubernetes deliver"],
)
def test_all_that_is_set_is_read_by_the_command_it_is_set_for(command: str, text: str) -> None:
    assert (variables(text) - environment_of(command), len(variables(text)) > 3) == (set(), True)


def test_the_commands_that_are_started_exist() -> None:
    started = re.findall(r"^ +(?:command|args): \[(score|deliver)\]$", COMPOSE + SCORE + DELIVER, re.MULTILINE)
    assert sorted(started) == ["deliver", "deliver", "score", "score"]


def test_the_group_has_an_address_for_every_pod() -> None:
    addresses = re.findall(r"leadstream-score-\d+\.leadstream-score:\d+", SETTINGS)
    port, replicas = the(r"name: group, containerPort: (\d+)", SCORE), int(the(r"^  replicas: (\d+)", SCORE))
    assert addresses == [f"leadstream-score-{number}.leadstream-score:{port}" for number in range(replicas)]


def test_only_the_groups_own_pods_reach_its_port() -> None:
    ingress = re.findall(r"ingress:\n(.*?)  egress:", KUBERNETES["network"], re.DOTALL)
    rules = [
        rule
        for text in ingress
        for rule in re.split(r"^    - from:\n", text, flags=re.MULTILINE)
        if "port: 2101" in rule
    ]
    assert rules == ["        - podSelector: { matchLabels: *score }\n      ports: [{ port: 2101 }]\n"]


@pytest.mark.parametrize(
    "setting", ["publishNotReadyAddresses: true", "podManagementPolicy: Parallel", "updateStrategy: { type: OnDelete }"]
)
def test_pods_of_a_group_find_each_other_and_start_and_change_together(setting: str) -> None:
    assert setting in SCORE


@pytest.mark.parametrize("text", [SCORE, DELIVER], ids=["score", "deliver"])
def test_probes_ask_what_is_served_where_it_is_served(text: str) -> None:
    asked = re.findall(r"httpGet: \{ path: (\S+), port: metrics \}", text)
    port = the(r"LEADSTREAM_METRICS_PORT: \"(\d+)\"", SETTINGS)
    served = all(f'"{path}"' in Path(server.__file__).read_text() for path in asked)
    assert (asked, served, the(r"name: metrics, containerPort: (\d+)", text)) == (["/live", "/ready"], True, port)


@pytest.mark.parametrize("text", list(KUBERNETES.values()), ids=list(KUBERNETES))
def test_secrets_are_named_and_never_written_down(text: str) -> None:
    held = [name for name in SECRETS if re.search(rf"{name}(?!.*\n *valueFrom: {{ secretKeyRef)", text)]
    assert held == []


def test_compose_wants_the_token_from_whoever_starts_it() -> None:
    assert the(r"LEADSTREAM_HUBSPOT_TOKEN: (\S+?):\?", service("deliver")) == "${LEADSTREAM_HUBSPOT_TOKEN"


def test_the_redis_of_compose_keeps_what_it_has() -> None:
    command = the(r"command: (\[valkey-server.*\])$", service("valkey"))
    assert [text in command for text in ('--appendonly, "yes"', "--maxmemory-policy, noeviction")] == [True, True]


def test_the_image_has_all_packages_and_nothing_else() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.MULTILINE)
    assert copied == built["packages"]


def test_docker_is_given_all_that_it_copies() -> None:
    copied = {word for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()}
    given = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert sorted(given) == sorted(copied)


def test_pods_run_as_the_user_who_owns_the_data_folder() -> None:
    user = the(r"^USER (\d+)$", DOCKERFILE)
    assert (the(r"--uid (\d+)", DOCKERFILE), the(r"runAsUser: (\d+)", SCORE + DELIVER)) == (user, user)


def test_kustomize_builds_the_manifests() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    built = subprocess.run([kubectl, "kustomize", DEPLOY / "kubernetes"], capture_output=True, text=True, check=False)
    assert (built.stderr, len(re.findall(r"^kind:", built.stdout, re.MULTILINE))) == ("", 8)
