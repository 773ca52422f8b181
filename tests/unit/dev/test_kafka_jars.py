"""Where Kafka's jars come from, and what is said when they cannot be had."""

from pathlib import Path

import pytest

from dev.kafka_jars import NoBroker, jars, version

JAVA_21 = 'openjdk version "21.0.2" 2024-01-16'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in; the cache is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def install(programs: Path, name: str, script: str) -> None:
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)


def java(programs: Path, says: str) -> None:
    install(programs, "java", f"echo '{says}' >&2")


def test_without_java_there_is_no_broker(programs: Path) -> None:
    with pytest.raises(NoBroker, match="no `java` is installed"):
        jars()


@pytest.mark.parametrize("says", ['openjdk version "11.0.2"', 'java version "1.8.0_202"'])
def test_an_old_java_runs_no_broker(programs: Path, says: str) -> None:
    java(programs, says)
    with pytest.raises(NoBroker, match="needs Java 17"):
        jars()


@pytest.mark.parametrize("says", [JAVA_21, 'openjdk version "26-ea"'])
def test_without_maven_there_are_no_jars(programs: Path, says: str) -> None:
    java(programs, says)
    with pytest.raises(NoBroker, match="no `mvn` is installed"):
        jars()


def test_what_maven_cannot_do_is_told_in_its_words(programs: Path) -> None:
    java(programs, JAVA_21)
    install(programs, "mvn", "echo '[ERROR] no such artifact'; exit 1")
    with pytest.raises(NoBroker, match="no such artifact"):
        jars()


def test_jars_are_fetched_once(programs: Path, tmp_path: Path) -> None:
    java(programs, JAVA_21)
    install(programs, "mvn", 'for last; do :; done; /bin/mkdir -p "${last#*=}"; echo 1 >"${last#*=}/kafka.jar"')
    first = jars()
    (programs / "mvn").unlink()
    assert (jars(), [jar.name for jar in first.iterdir()]) == (first, ["kafka.jar"])


def test_the_cache_is_named_by_the_version(programs: Path, tmp_path: Path) -> None:
    java(programs, JAVA_21)
    kept = tmp_path / "cache" / "leadstream" / f"kafka-{version()}"
    kept.mkdir(parents=True)
    assert jars() == kept
