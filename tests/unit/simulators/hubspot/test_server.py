"""How the simulator listens."""

import socket

from simulators.hubspot.server import listening


def test_the_socket_names_its_protocol_so_that_small_answers_leave_at_once() -> None:
    with listening(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_nobody_outside_this_machine_is_listened_to() -> None:
    with listening(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
