"""Which release of leadstream this is."""

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """Its version, `unknown` for a checkout that nobody installed."""
    try:
        return version("leadstream")
    except PackageNotFoundError:
        return "unknown"
