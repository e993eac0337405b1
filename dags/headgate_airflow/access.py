"""What the platform's five roles may do with a pipeline, in the words of FAB."""

from collections.abc import Mapping

_READ = "can_read"
_EDIT = "can_edit"
_DELETE = "can_delete"
_CREATE = "can_create"

# Whoever triggers a run needs can_edit on the DAG too.
_BY_ROLE: dict[str, dict[str, set[str]]] = {
    "admin": {"DAGs": {_READ, _EDIT, _DELETE}, "DAG Runs": {_READ, _CREATE, _DELETE}},
    "engineer": {"DAGs": {_READ, _EDIT}, "DAG Runs": {_READ, _CREATE}},
    "scientist": {"DAGs": {_READ, _EDIT}, "DAG Runs": {_READ, _CREATE}},
    "analyst": {"DAGs": {_READ}, "DAG Runs": {_READ}},
    "viewer": {"DAGs": {_READ}, "DAG Runs": {_READ}},
}


def access_control(
    roles: Mapping[str, tuple[str, ...]],
) -> dict[str, dict[str, set[str]]] | None:
    """For `DAG(access_control=…)`; None where the deployment maps no role."""
    granted: dict[str, dict[str, set[str]]] = {}
    for role, names in roles.items():
        for name in names:
            mine = granted.setdefault(name, {})
            for resource, actions in _BY_ROLE[role].items():
                mine[resource] = mine.get(resource, set()) | actions
    return granted or None
