"""What an archive says of itself."""

from collections.abc import Mapping

from flows.metrics.catalogue import ARCHIVE_FILES, ARCHIVED, LAG_EVENTS, PROGRESS_AT
from flows.metrics.lag import lag_samples
from flows.metrics.runs import this_run
from state.clock import wall_clock
from state.measures import Measures


class ArchiveMeter:
    """The process that archives: it is its own launcher."""

    def __init__(self) -> None:
        self._run = this_run()

    def measures(self, messages: int, files: int, behind: Mapping[str, int]) -> Measures:
        """All of it as of now. `behind`: what each partition has not read yet."""
        counted = [ARCHIVED.of(messages), ARCHIVE_FILES.of(files), PROGRESS_AT.of(wall_clock() / 1000)]
        return Measures(self._run, 0, [*counted, *lag_samples(LAG_EVENTS, behind, {})])
