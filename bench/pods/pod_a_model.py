"""The dbt project by astronomer-cosmos: a pod for each model, and one for the tests of each."""

import json
import os
import sys
from pathlib import Path

settings = json.loads(Path(__file__).with_name("bench.json").read_text())
sys.path += [settings["programs"], settings["packages"]]
os.environ["DO_NOT_TRACK"] = "1"

from airflow.sdk import DAG  # noqa: E402
from cosmos import DbtTaskGroup, ExecutionConfig, ExecutionMode, LoadMode, ProfileConfig, ProjectConfig, RenderConfig  # noqa: E402
from pod import PROJECT, arguments  # noqa: E402

MODES = {"pod_a_model": ExecutionMode.KUBERNETES, "watched": ExecutionMode.WATCHER_KUBERNETES}

for name, mode in MODES.items():
    with DAG(name, schedule=None, max_active_runs=1) as dag:
        DbtTaskGroup(
            group_id="dbt",
            project_config=ProjectConfig(manifest_path=settings["manifest"], project_name="bench"),
            profile_config=ProfileConfig(profile_name="bench", target_name="prod", profiles_yml_filepath=settings["profiles"]),
            render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST),
            execution_config=ExecutionConfig(execution_mode=mode, dbt_project_path=PROJECT),
            operator_args=arguments(settings),
        )
    globals()[name] = dag
