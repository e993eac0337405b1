"""Makes Airflow's metadata database, and in it the roles that Airflow itself has and those of [fab] custom_roles."""

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils.db import initdb
from airflow.utils.providers_configuration_loader import providers_configuration_loaded


@providers_configuration_loaded
def main() -> None:
    initdb()
    with get_application_builder() as builder:
        builder.add_permissions(update_perms=True)
        builder.sm.sync_roles()


if __name__ == "__main__":
    main()
