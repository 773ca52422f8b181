"""Apache Kafka's jars, fetched once by Maven and kept in the user's cache folder."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

POM = Path(__file__).with_name("kafka-pom.xml")
OLDEST_JAVA = 17
FETCHED_WITHIN_S = 300.0


class NoBroker(Exception):
    """No broker can be started here; the message says what is missing."""


def jars() -> Path:
    """The folder of the jars. Raises `NoBroker`."""
    require_java()
    folder = _cache() / f"kafka-{version()}"
    if not folder.is_dir():
        _fetch(folder)
    return folder


def version() -> str:
    """Which Kafka the pom asks for."""
    found = ElementTree.parse(POM).find(".//{*}dependency[{*}groupId='org.apache.kafka']/{*}version")
    assert found is not None
    return str(found.text)


def require_java() -> None:
    """Raises `NoBroker` where there is no Java that runs Kafka 4."""
    if not shutil.which("java"):
        raise NoBroker(f"no `java` is installed: Kafka needs Java {OLDEST_JAVA} or newer")
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    release = said.partition('"')[2].partition('"')[0]
    if not release or int(release.partition(".")[0].partition("-")[0]) < OLDEST_JAVA:
        raise NoBroker(f"`java` is {release or 'broken'}: Kafka needs Java {OLDEST_JAVA} or newer")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leadstream"


def _fetch(folder: Path) -> None:
    """All of the jars or none: whoever else fetches them at the same time does no harm."""
    if not shutil.which("mvn"):
        raise NoBroker("no `mvn` is installed: Maven fetches Kafka's jars (43 MB, once)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as fresh:
        libs = Path(fresh) / "libs"
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={libs}"]
        try:
            subprocess.run(command, capture_output=True, timeout=FETCHED_WITHIN_S, check=True)
        except subprocess.TimeoutExpired:
            raise NoBroker(f"`mvn` did not fetch Kafka's jars within {FETCHED_WITHIN_S:.0f} s") from None
        except subprocess.CalledProcessError as error:
            said = (error.stdout or error.stderr).decode(errors="replace").strip().splitlines()
            raise NoBroker(f"`mvn` could not fetch Kafka's jars: {said[0] if said else error}") from None
        if not folder.is_dir():
            libs.rename(folder)
