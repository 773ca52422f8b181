"""The benchmark's own server is as durable as the product's, and leaves nothing behind."""

import os

import pytest

from benchmarks.server import dedicated_server


def test_the_server_appends_every_write_to_a_file() -> None:
    with dedicated_server() as server, server.connect() as client:
        kept = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly", "appendfsync", "maxmemory-policy") == kept


def test_the_server_and_its_folder_are_gone_in_the_end() -> None:
    with dedicated_server() as server:
        pass
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)
    assert not server.folder.exists()
