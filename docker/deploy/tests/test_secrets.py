"""The Secret that the page tells of holds what its project's pods want: compiled as a reader would."""

from deployment import DEPLOY, one, read, rendered
from project import manifest

TEAM = DEPLOY / "overlays/team"


def test_the_template_names_what_pods_want_and_holds_no_value() -> None:
    lines = [
        line
        for line in (TEAM / "secrets.env.template").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert all(line.endswith("=") for line in lines)
    assert {line.removesuffix("=") for line in lines} == _wanted()


def test_the_external_secret_is_the_same_one() -> None:
    (secret,) = read(TEAM / "external-secret.yaml")
    assert {each["secretKey"] for each in secret["spec"]["data"]} == _wanted()
    assert secret["metadata"]["name"] == secret["spec"]["target"]["name"] == "headgate-shop"
    assert "Secret" not in {each["kind"] for each in rendered(TEAM)}


def test_pods_go_where_the_overlay_makes_room_for_them() -> None:
    pods, built = manifest()["targets"]["prod"]["pods"], rendered(TEAM)
    account = one(built, "ServiceAccount", pods["service_account"])
    assert account["metadata"]["namespace"] == pods["namespace"]


def test_the_pod_that_tries_connections_is_as_those_of_the_target() -> None:
    (pod,) = read(TEAM / "try-connections.yaml")
    assert (
        pod["spec"]["serviceAccountName"]
        == manifest()["targets"]["prod"]["pods"]["service_account"]
    )
    (container,) = pod["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "headgate-shop"}}]
    assert container["args"][-1] in manifest()["targets"]
    # What docker/build pushes, as the page has it.
    assert container["image"].startswith("registry.example.org/data/project-python:")


def _wanted() -> set[str]:
    given = [step["secrets"]["prod"] for step in manifest()["steps"] if "prod" in step["secrets"]]
    assert {each["secret"] for one in given for each in one["env"]} == {"headgate-shop"}
    return {each["key"] for one in given for each in (*one["env"], *one["files"])}
