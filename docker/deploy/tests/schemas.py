"""What documents are held against: Kubernetes' own schemas, GitHub's for workflows, and small ones of ours."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from deployment import Document
from headgate_lab import cache as kept
from headgate_lab import go, tools
from jsonschema import Draft7Validator, Draft202012Validator

HERE = Path(__file__).resolve().parent
KUBERNETES = "k8s.io/kubernetes@v1.36.3"


def problems(document: Document) -> list[str]:
    """What is wrong with a document of Kubernetes' kind, a line each."""
    api, kind = document["apiVersion"], document["kind"]
    if api.startswith("kustomize.config.k8s.io/"):
        return []  # kustomize itself refuses unknown keys
    if kind in ("Application", "ExternalSecret"):
        own = {"Application": "application", "ExternalSecret": "external-secret"}[kind]
        return against(own, document)
    schemas = _kubernetes(api)
    name = next(
        (
            name
            for name, schema in schemas.items()
            if any(
                (f"{each['group']}/" if each["group"] else "") + each["version"] == api
                and each["kind"] == kind
                for each in schema.get("x-kubernetes-group-version-kind", [])
            )
        ),
        None,
    )
    if name is None:
        return [f"{api} has no kind {kind}"]
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    return _lines(Draft202012Validator(whole), document)


def against(name: str, document: Document) -> list[str]:
    """What is wrong by a schema of ours."""
    schema = json.loads((HERE / f"schemas/{name}.json").read_text(encoding="utf-8"))
    return _lines(Draft202012Validator(schema), document)


def workflow(document: Any) -> list[str]:
    """What is wrong with a workflow of GitHub Actions."""
    requirements = HERE / "workflows.txt"
    place = kept.entry("workflow-schema", kept.key("1", requirements), _install)
    schema = place / "check_jsonschema/builtin_schemas/vendor/github-workflows.json"
    return _lines(Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))), document)


def _install(folder: Path) -> None:
    pip = ["install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    tools.run(
        ["python3", "-m", "pip", *pip, "--target", folder, "-r", HERE / "workflows.txt"],
        what="fetching the schema of workflows",
    )


@cache
def _kubernetes(api: str) -> dict[str, Any]:
    group = f"apis__{api.replace('/', '__')}" if "/" in api else f"api__{api}"
    file = _openapi() / f"{group}_openapi.json"
    assert file.is_file(), f"Kubernetes has no {api}"
    schemas: dict[str, Any] = json.loads(file.read_text())["components"]["schemas"]
    for schema in schemas.values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return schemas


@cache
def _openapi() -> Path:
    said = subprocess.run(
        [go.program(), "mod", "download", "-json", KUBERNETES],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return Path(json.loads(said.stdout)["Dir"]) / "api/openapi-spec/v3"


def _lines(validator: Any, document: Any) -> list[str]:
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator.iter_errors(document)
    ]
