"""What one task of a DAG needs to know of its pipeline and of the deployment."""

from dataclasses import dataclass
from typing import Any, cast

from headgate_airflow import run
from headgate_airflow.images import Images
from headgate_airflow.manifest import Group, Manifest, ManifestError, Step, Target, Unit
from headgate_airflow.settings import Settings


@dataclass(frozen=True)
class Deployment:
    """A pipeline at a target, with the images that hold it."""

    manifest: Manifest
    settings: Settings
    images: Images
    target_name: str
    prefix: str = ""

    @staticmethod
    def of(manifest: Manifest, settings: Settings, images: Images) -> "Deployment":
        """The pipeline at the target that the deployment names, else at its own.

        :raises ManifestError: when it cannot run there
        """
        name = settings.target or manifest["default_target"]
        target = manifest["targets"].get(name)
        if target is None:
            known = ", ".join(manifest["targets"])
            raise ManifestError(
                f'pipeline {manifest["name"]}: no target "{name}", but {known}:'
                " set [headgate] target"
            )
        if target["not_for_pods"] is not None:
            raise ManifestError(
                f'pipeline {manifest["name"]}: no pods at target "{name}": {target["not_for_pods"]}'
            )
        return Deployment(manifest, settings, images, name)

    @property
    def target(self) -> Target:
        """Where it runs."""
        return self.manifest["targets"][self.target_name]

    def plan(self, unit: Unit) -> "Plan":
        """What the pod of a step or a group is made from."""
        own = cast(Step, unit).get("container") if unit["image"] == "own" else None
        image = own["image"] if own else self.images.image(unit["image"])
        return Plan(self, unit, image)


@dataclass(frozen=True, repr=False)
class Plan:
    """A step or a group of a deployment, and its image."""

    deployment: Deployment
    unit: Unit
    image: str

    def __repr__(self) -> str:
        # Airflow writes down what a mapped task is given: the name will do, no Secret's.
        return f"{self.manifest['name']}/{self.unit['name']}"

    def __deepcopy__(self, _: Any) -> "Plan":
        return self

    @property
    def manifest(self) -> Manifest:
        """The pipeline."""
        return self.deployment.manifest

    @property
    def settings(self) -> Settings:
        """What the platform decides."""
        return self.deployment.settings

    @property
    def group(self) -> Group | None:
        """The group, when it is one."""
        return cast(Group, self.unit) if "steps" in self.unit else None

    def run_id(self, dag_id: str, airflow_run_id: str) -> str:
        """The run as tasks know it."""
        return run.run_id(dag_id, airflow_run_id, self.deployment.prefix)

    def run_folder(self, dag_id: str, airflow_run_id: str) -> str:
        """Where the run leaves page, logs and artefacts."""
        state = self.deployment.target["state"].rstrip("/")
        return f"{state}/runs/{self.run_id(dag_id, airflow_run_id)}"
