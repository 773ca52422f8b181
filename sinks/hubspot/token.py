"""The private app's access token: as it was given, or as a file has it, which may be replaced while we run."""

from contextlib import suppress
from pathlib import Path

from state.record import SinkStopped


class Token:
    """The token that calls carry. Raises `SinkStopped` when there is none that could be one."""

    def __init__(self, given: str, file: Path | None) -> None:
        if given and file:
            raise SinkStopped("there is a HubSpot token and a file for one: give one of the two")
        self._file = file
        self._text = usable(given) if file is None else in_file(file)

    @property
    def header(self) -> str:
        """The value of the header `authorization`."""
        return f"Bearer {self._text}"

    @property
    def place(self) -> str:
        """Where another one is looked for while we run; `""`: nowhere."""
        return str(self._file or "")

    def read_again(self) -> bool:
        """Whether the file has another one by now; one that is gone, or holds none, is just being written."""
        before = self._text
        with suppress(SinkStopped):
            self._text = in_file(self._file) if self._file else before
        return self._text != before


def in_file(path: Path) -> str:
    """The token that a file has."""
    try:
        return usable(path.read_text("utf-8"))
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        why = "is no text"
    except SinkStopped:
        why = "is empty or has characters that no token has"
    raise SinkStopped(f"{path} {why}: write the private app's access token into it, or name another file")


def usable(token: str) -> str:
    """The token as a header takes it; an HTTP library would quote a broken one in its error."""
    token = token.strip()
    if not token or not all("!" <= character <= "~" for character in token):
        raise SinkStopped(
            "hubspot_token is empty or has characters that no token has: set it to the private app's access token"
        )
    return token
