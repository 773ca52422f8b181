"""What all suites share."""

import os

from hypothesis import settings

# A slow machine is no failure, and CI tries the same examples each time so that a red run can be repeated.
settings.register_profile("leadstream", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("leadstream")
