"""The dbt project by hand: one pod, one `dbt build`."""

import json
import sys
from pathlib import Path

settings = json.loads(Path(__file__).with_name("bench.json").read_text())
sys.path.append(settings["programs"])

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator  # noqa: E402
from airflow.sdk import DAG  # noqa: E402
from pod import arguments  # noqa: E402

with DAG("one_pod", schedule=None, max_active_runs=1):
    KubernetesPodOperator(task_id="build", arguments=["dbt", "build", "--project-dir", settings["project"]], **arguments(settings))
