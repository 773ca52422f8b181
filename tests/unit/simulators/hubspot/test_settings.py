"""Settings in print."""

from simulators.hubspot.settings import SimulatorSettings


def test_a_printed_setting_hides_the_token() -> None:
    assert "pat-secret" not in repr(SimulatorSettings(token="pat-secret"))
