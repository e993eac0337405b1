"""The dbt project by astronomer-cosmos; the name of the file says in which of its ways."""

import json
import os
import sys
from pathlib import Path

settings = json.loads(Path(__file__).with_name("bench.json").read_text())
sys.path += [settings["programs"], settings["packages"]]
os.environ["DO_NOT_TRACK"] = "1"

from airflow.sdk import DAG  # noqa: E402
from cosmos import (  # noqa: E402
    DbtTaskGroup,
    ExecutionConfig,
    ExecutionMode,
    LoadMode,
    ProfileConfig,
    ProjectConfig,
    RenderConfig,
    TestBehavior,
)
from pod import arguments  # noqa: E402

# A pod for each model and one for the tests of each; a pod for each model with its tests; a pod for all, and a task for each model that watches its log.
WAYS = {
    "pod_a_model": (ExecutionMode.KUBERNETES, TestBehavior.AFTER_EACH),
    "model_and_tests": (ExecutionMode.KUBERNETES, TestBehavior.BUILD),
    "watched": (ExecutionMode.WATCHER_KUBERNETES, TestBehavior.AFTER_EACH),
}
name = Path(__file__).stem
mode, tests = WAYS[name]

with DAG(name, schedule=None, max_active_runs=1):
    DbtTaskGroup(
        group_id="dbt",
        project_config=ProjectConfig(manifest_path=settings["manifest"], project_name="bench"),
        profile_config=ProfileConfig(profile_name="bench", target_name="lab", profiles_yml_filepath=settings["profiles"]),
        render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST, test_behavior=tests),
        execution_config=ExecutionConfig(execution_mode=mode, dbt_project_path=settings["project"]),
        operator_args=arguments(settings),
    )
