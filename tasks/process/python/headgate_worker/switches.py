"""Nothing calls home."""

import os

SWITCHES = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_UPLOAD_TO_ARTIFACTS_INGEST_API": "false",
    "GX_ANALYTICS_ENABLED": "False",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}


def offline() -> None:
    """Switches off what dbt and Great Expectations would tell their makers."""
    os.environ.update(SWITCHES)
