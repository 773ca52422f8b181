"""`/metrics`, `/live` and `/ready` over HTTP, from a thread of the launcher."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from config.settings import Settings
from flows.exits import Problem
from flows.metrics.exposition import registry
from flows.metrics.watch import Watch
from flows.notices import Notice, note

TEXT = "text/plain; charset=utf-8"
SILENT_S = 10.0
"""A caller who sends nothing for so long is hung up on."""
LOOK_S = 0.1
"""How often the server looks whether it shall end."""
Answer = tuple[HTTPStatus, str, bytes]


@contextmanager
def served_if_asked(watch: Watch, settings: Settings) -> Iterator[None]:
    """Metrics and health for as long as the context lasts, on the port that the settings name. Raises `Problem`."""
    if settings.metrics_port is None:
        yield
        return
    with serving(watch, settings.metrics_host, settings.metrics_port) as address:
        note(Notice("listening", f"metrics at {address}/metrics"))
        yield


@contextmanager
def serving(watch: Watch, host: str, port: int) -> Iterator[str]:
    """The address that answers for as long as the context lasts; port 0 takes a free one. Raises `Problem`."""
    try:
        server = _Server((host, port), watch)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else "no such port"
        raise Problem(f"--metrics-port {port}: {host} cannot be listened on there ({why}); give another port") from None
    thread = threading.Thread(target=server.serve_forever, args=(LOOK_S,), daemon=True)
    thread.start()
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a caller who hangs does not keep the flow from ending

    def __init__(self, address: tuple[str, int], watch: Watch) -> None:
        self.watch = watch
        self.registry: CollectorRegistry = registry(watch.samples)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who hangs up is none of our troubles."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "leadstream"
    sys_version = ""
    timeout = SILENT_S

    def do_GET(self) -> None:
        """Answer, with a body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer, without one."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Being asked is not worth a line."""

    def _answer(self, *, with_body: bool) -> None:
        status, kind, body = self._look(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _look(self, path: str) -> Answer:
        if path == "/metrics":
            encode, kind = choose_encoder(self.headers.get("accept", ""))
            return HTTPStatus.OK, kind, encode(self.server.registry)
        if path == "/live":
            return HTTPStatus.OK, TEXT, b"live\n"
        if path == "/ready":
            trouble = self.server.watch.why_not_ready()
            status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
            return status, TEXT, f"{trouble or 'ready'}\n".encode()
        return HTTPStatus.NOT_FOUND, TEXT, b"there are /metrics, /live and /ready\n"
