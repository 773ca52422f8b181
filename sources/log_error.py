"""What can be wrong with a log. Each message names the file, what is wrong and what to do."""


class LogError(Exception):
    """A log that cannot be read."""


class NoLogs(LogError):
    """Nothing to read where logs were looked for."""


class LogChanged(LogError):
    """A log that is no longer the one that was listed or begun: going on would jump over events."""


class LogBroken(LogError):
    """A compressed log that is damaged or cut off."""
