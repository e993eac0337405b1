"""The dbt project by astronomer-cosmos: a pod for each model, and one for the tests of each. As watched.py: one pod for all."""

import json
import os
import sys
from pathlib import Path

settings = json.loads(Path(__file__).with_name("bench.json").read_text())
sys.path += [settings["programs"], settings["packages"]]
os.environ["DO_NOT_TRACK"] = "1"

from airflow.sdk import DAG  # noqa: E402
from cosmos import DbtTaskGroup, ExecutionConfig, ExecutionMode, LoadMode, ProfileConfig, ProjectConfig, RenderConfig  # noqa: E402
from pod import arguments  # noqa: E402

# In the second way one pod runs `dbt build`, and a task for each model watches its log.
WAYS = {"pod_a_model": ExecutionMode.KUBERNETES, "watched": ExecutionMode.WATCHER_KUBERNETES}
name = Path(__file__).stem

with DAG(name, schedule=None, max_active_runs=1):
    DbtTaskGroup(
        group_id="dbt",
        project_config=ProjectConfig(manifest_path=settings["manifest"], project_name="bench"),
        profile_config=ProfileConfig(profile_name="bench", target_name="lab", profiles_yml_filepath=settings["profiles"]),
        render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST),
        execution_config=ExecutionConfig(execution_mode=WAYS[name], dbt_project_path=settings["project"]),
        operator_args=arguments(settings),
    )
