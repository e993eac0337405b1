"""The command line of the lab."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from headgate_lab import demo, deploy, environment
from headgate_lab.catalog import services
from headgate_lab.failures import FAULT, TEMPORARY, USAGE, LabError
from headgate_lab.laboratory import DOWN, RUNNING, Lab, Row, default_home
from headgate_lab.service import NotReady
from headgate_lab.services import kubernetes
from headgate_lab.site import Site

NOT_HEALTHY = 1
NOT_RUNNING = 3


def main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _terminate)
    try:
        told = _parser().parse_args(arguments)
        return int(told.do(Lab(told.name, default_home()), told))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return error.status
    except NotReady as error:
        print(f"lab: {error}", file=sys.stderr)
        return TEMPORARY
    except KeyboardInterrupt:
        print("lab: interrupted; `lab status` tells what runs", file=sys.stderr)
        return 128 + signal.SIGINT


def _terminate(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _up(lab: Lab, told: argparse.Namespace) -> int:
    options: dict[str, dict[str, str]] = {}
    for setting in told.set:
        key, equals, value = setting.partition("=")
        name, _, option = key.partition(".")
        if not equals or name not in services() or option not in services()[name].options:
            known = [f"{each.name}.{key}" for each in services().values() for key in each.options]
            raise LabError(
                f"--set {setting}: give SERVICE.OPTION=VALUE, of {', '.join(known)}", USAGE
            )
        options.setdefault(name, {})[option] = value
    _show(lab.up(told.service, options))
    print(f"environment: {lab.environment_file}")
    return 0


def _down(lab: Lab, told: argparse.Namespace) -> int:
    lab.down(told.service)
    return 0


def _restart(lab: Lab, told: argparse.Namespace) -> int:
    _show(lab.restart(told.one))
    return 0


def _kill(lab: Lab, told: argparse.Namespace) -> int:
    lab.kill(told.one)
    return 0


def _status(lab: Lab, told: argparse.Namespace) -> int:
    rows = lab.status(told.service)
    _show(rows)
    states = {row.state for row in rows}
    if not told.service:
        states.discard(DOWN)
    if states == {RUNNING}:
        return 0
    return NOT_RUNNING if states <= {DOWN} else NOT_HEALTHY


def _env(lab: Lab, _told: argparse.Namespace) -> int:
    values = lab.environment()
    if len(values) == 1:
        raise LabError(
            f"nothing is up in the lab {lab.name}: lab --name {lab.name} up", NOT_RUNNING
        )
    print(environment.exports(values), end="")
    return 0


def _logs(lab: Lab, told: argparse.Namespace) -> int:
    site = next((each for each in lab.sites() if each.service.name == told.one), None)
    if site is None or not site.log.exists():
        raise LabError(f"no log of {told.one} in the lab {lab.name}", FAULT)
    follow = ["-F"] if told.follow else []
    return subprocess.run(
        ["tail", "-n", str(told.lines), *follow, str(site.log)], check=False
    ).returncode


def _load(lab: Lab, told: argparse.Namespace) -> int:
    site = Site(lab.folder, kubernetes.NODE_SERVICE)
    for name, new in kubernetes.load(site, [Path(file) for file in told.file]):
        print(f"{name}: {'loaded' if new else 'is there'}")
    return 0


def _deploy(lab: Lab, told: argparse.Namespace) -> int:
    deploy.deploy(lab, told.out)
    return 0


def _demo(lab: Lab, told: argparse.Namespace) -> int:
    demo.demo(lab, told.data, told.images)
    return 0


def _purge(lab: Lab, _told: argparse.Namespace) -> int:
    lab.purge()
    return 0


def _show(rows: Sequence[Row]) -> None:
    lines = [("SERVICE", "STATE", "ADDRESS", "PID", "TIME")]
    lines += [(row.service, row.state, row.address, row.pid, row.seconds) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for line in lines:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise LabError(f"{message}\n{self.format_usage().strip()}", USAGE)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lab",
        description="The deployed stack's servers on this machine, for development and CI.",
        epilog=f"Services: {', '.join(services())}. What each gives to clients stands in docs/lab.md.",
    )
    parser.add_argument(
        "--name",
        default=os.environ.get("HEADGATE_LAB") or "default",
        help="which lab (default: $HEADGATE_LAB, else 'default'); labs do not disturb each other",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="install, start, wait until healthy; running ones stay")
    up.add_argument(
        "service", nargs="*", help="which, or all (default: the stores, and what was up before)"
    )
    up.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SERVICE.OPTION=VALUE",
        help="such as trino.heap=2G",
    )
    up.set_defaults(do=_up)

    down = commands.add_parser("down", help="stop; data and ports are kept")
    down.add_argument("service", nargs="*", help="which (default: all)")
    down.set_defaults(do=_down)

    restart = commands.add_parser("restart", help="stop and start again")
    restart.add_argument("one", metavar="SERVICE")
    restart.set_defaults(do=_restart)

    kill = commands.add_parser(
        "kill", help="end at once, as a fault would; `up` brings it back with its data and port"
    )
    kill.add_argument("one", metavar="SERVICE")
    kill.set_defaults(do=_kill)

    status = commands.add_parser(
        "status", help="exit 0: all run; 1: one died or does not answer; 3: none runs"
    )
    status.add_argument("service", nargs="*")
    status.set_defaults(do=_status)

    env = commands.add_parser("env", help='print the environment of clients: eval "$(lab env)"')
    env.set_defaults(do=_env)

    logs = commands.add_parser("logs", help="show the end of a service's log")
    logs.add_argument("one", metavar="SERVICE")
    logs.add_argument("-f", "--follow", action="store_true")
    logs.add_argument("-n", "--lines", type=int, default=100)
    logs.set_defaults(do=_logs)

    load = commands.add_parser("load", help="bring image archives to the cluster's node")
    load.add_argument("file", nargs="+", metavar="FILE", help="written by docker save, or OCI")
    load.set_defaults(do=_load)

    deploying = commands.add_parser(
        "deploy", help="put pipelines that docker/build made images of onto Kubernetes and Airflow"
    )
    deploying.add_argument("out", type=Path, metavar="OUT", help="what docker/build --out wrote")
    deploying.set_defaults(do=_deploy)

    demonstration = commands.add_parser(
        "demo", help="everything up, the streaming pipeline through Airflow, its six answers"
    )
    demonstration.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="with internal/ and vendor/ (default: $HEADGATE_REAL_DATA, else invented)",
    )
    demonstration.add_argument(
        "--images", type=Path, metavar="OUT", help="what docker/build --out wrote (default: built)"
    )
    demonstration.set_defaults(do=_demo)

    purge = commands.add_parser("purge", help="stop everything and remove the lab's data")
    purge.set_defaults(do=_purge)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
