"""Puts a file beside each manifest for Airflow to read: so errors are a pipeline's own."""

import argparse
import sys
from pathlib import Path

from headgate_airflow.manifest import ManifestError

STUB = '''"""The DAG of the pipeline whose manifest lies beside this file."""

from headgate_airflow import dag_beside

dag = dag_beside(__file__)
'''
NAME = "dag.py"


def write(folder: Path) -> list[Path]:
    """Puts `dag.py` beside each manifest of a folder, and takes those without one away."""
    wanted = [file.with_name(NAME) for file in sorted(folder.glob("*/manifest.json"))]
    for file in wanted:
        if not file.is_file() or file.read_text() != STUB:
            file.write_text(STUB)
    for file in folder.glob(f"*/{NAME}"):
        if file not in wanted and file.read_text() == STUB:
            file.unlink()
    return wanted


def check(folder: Path) -> list[str]:
    """Makes each DAG, as Airflow would; returns what is wrong, a line a pipeline."""
    from headgate_airflow.dag import dag_of

    wrong = []
    for file in sorted(folder.glob("*/manifest.json")):
        try:
            dag_of(file)
        except ManifestError as e:
            wrong.append(str(e))
        except Exception as e:
            wrong.append(f"{file}: {type(e).__name__}: {e}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """0 done, 78 when a DAG cannot be made."""
    parser = argparse.ArgumentParser(
        "headgate-airflow", description="Makes compiled pipelines known to Airflow."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("stubs", "put dag.py beside each manifest of a folder"),
        ("check", "make each DAG of a folder and say what is wrong; needs Airflow"),
    ):
        command = commands.add_parser(name, help=about)
        command.add_argument("folder", type=Path, help="what headgate compile --out wrote")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        print(f"headgate-airflow: {given.folder}: no such folder", file=sys.stderr)
        return 78
    if given.command == "stubs":
        print(f"{len(write(given.folder))} DAGs in {given.folder}")
        return 0
    wrong = check(given.folder)
    for line in wrong:
        print(f"headgate-airflow: {line}", file=sys.stderr)
    return 78 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
