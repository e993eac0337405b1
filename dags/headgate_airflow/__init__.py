"""Airflow DAGs of compiled Headgate pipelines. Importing this alone imports no Airflow."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headgate_airflow.dag import dag_beside, dag_of, headgate_task_group

__all__ = ["dag_beside", "dag_of", "headgate_task_group"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from headgate_airflow import dag

        return getattr(dag, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
