"""The streaming DAG in pods, from files in the object store to what people read in three stores."""

import secrets
import urllib.parse
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import Platform
from deployed import Airflow, DagRun, Refused, until, variable

from known import REAL
from stores import published, query, upload, write

DAGS = {
    *("streaming", "streaming_clickhouse", "streaming_postgres"),
    *("shop", "days", "jobs", "big", "stale", "spread"),
}


def test_every_pipeline_is_a_dag_and_none_has_an_import_error(airflow: Airflow) -> None:
    assert airflow.ask("GET", "importErrors")["import_errors"] == []
    assert {dag["dag_id"] for dag in airflow.ask("GET", "dags")["dags"]} == DAGS


def test_a_viewer_sees_and_cannot_trigger(platform: Platform) -> None:
    viewer, analyst, engineer = Airflow("viewer"), Airflow("analyst"), Airflow("engineer")
    assert viewer.ask("GET", "dags/shop")["dag_id"] == "shop"
    for person in (viewer, analyst):
        with pytest.raises(Refused) as refused:
            person.trigger("shop")
        assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        engineer.trigger("shop", {"most": 0})
    assert refused.value.status == 400


@pytest.fixture(scope="module")
def streaming(airflow: Airflow, real: Path) -> DagRun:
    """A run of the reference pipeline, triggered by hand, without a logical date."""
    upload(real, "streaming")
    return airflow.trigger("streaming", {"source": "s3://landing/incoming/streaming"}).well(900)


def test_streaming_is_answered_in_the_lake_and_then_in_both_stores_behind_it(
    airflow: Airflow, streaming: DagRun
) -> None:
    assert published("trino") == REAL
    for store in ("clickhouse", "postgres"):
        dag = f"streaming_{store}"
        woken = until(f"the lake's tables wake {dag}", partial(streaming.followed_by, dag), 120)
        woken.well()
        assert published(store) == REAL


def test_a_fused_group_shows_each_step_and_goes_on_at_one_that_is_cleared(
    streaming: DagRun,
) -> None:
    steps = (
        "ingest",
        "sources_ok__trusted_ok.pod",
        "sources_ok",
        "models",
        "trusted_ok",
        "publish",
    )
    group = steps[1]
    assert streaming.states() == dict.fromkeys(steps, "success")
    assert streaming.xcom("trusted_ok")["verdict"] == "passed"
    pod_before = streaming.tries(group)

    streaming.clear("trusted_ok")
    streaming.well()

    assert streaming.states() == dict.fromkeys(steps, "success")
    assert streaming.tries(group) == pod_before
    assert published("trino") == REAL


def test_nothing_of_a_task_that_ended_well_is_left_and_its_page_is_linked(
    streaming: DagRun,
) -> None:
    streaming.leaves_no_pod()
    links = streaming.airflow.ask("GET", f"{streaming.path}/taskInstances/publish/links")
    (link,) = links["extra_links"].values()
    assert streaming.headgate_id in urllib.parse.unquote(link)
    assert streaming.xcom("publish", "headgate_run").endswith(streaming.headgate_id)


@pytest.fixture(scope="module")
def shop(airflow: Airflow) -> DagRun:
    """Ten orders, published."""
    write("shop/orders.csv", orders(10))
    return airflow.trigger("shop").well()


def orders(count: int) -> str:
    return "id,amount\n" + "".join(f"{number},{number}.50\n" for number in range(count))


def total() -> int:
    return int(query("postgres", "SELECT count(*) FROM headgate_streaming.orders")[0][0])


def test_an_asset_tells_what_was_published(shop: DagRun) -> None:
    told = shop.airflow.ask("GET", "assets/events?source_dag_id=shop&limit=100")["asset_events"]
    own = {one["name"]: one["extra"] for one in told if one["source_run_id"] == shop.run_id}
    (load,) = shop.xcom("load")["tables"]
    assert own.keys() == {"shop", "shop.orders"}
    wanted: dict[str, Any] = {"pipeline": "shop", "run": shop.headgate_id}
    assert own["shop"].items() >= wanted.items()
    wanted |= {"rows": 10, "load_id": load["load_id"]}
    assert own["shop.orders"].items() >= wanted.items()


def test_a_gate_that_blocks_keeps_what_is_published_and_is_not_tried_again(
    airflow: Airflow, shop: DagRun
) -> None:
    assert total() == 10
    write("shop/orders.csv", orders(20))

    run = airflow.trigger("shop", {"most": 15}).ended()

    assert run.state() == "failed"
    assert run.states() == {"load": "success", "plausible": "failed", "publish": "upstream_failed"}
    assert run.tries("plausible") == 1
    assert run.xcom("plausible")["verdict"] == "blocked"
    assert "not_too_many" in run.log("plausible", 1)
    assert total() == 10


def test_a_store_that_is_away_is_waited_for(
    platform: Platform, airflow: Airflow, shop: DagRun
) -> None:
    write("shop/orders.csv", orders(20))
    platform.lab_command("kill", "minio")
    run = airflow.trigger("shop")
    run.until_task("load", "up_for_retry")
    platform.lab_command("up", "minio")
    run.well()
    assert run.tries("load") > 1
    assert total() == 20


def test_an_image_that_was_compiled_from_another_commit_is_refused(airflow: Airflow) -> None:
    run = airflow.trigger("stale").ended()
    assert (run.state(), run.tries("load")) == ("failed", 1)
    assert "78" in run.log("load", 1)


def test_a_job_of_a_team_is_moved_in_as_it_is(airflow: Airflow) -> None:
    run = airflow.trigger("jobs", {"note": 'it\'s $(HOME) "here"', "share": 0.25}).ended()
    assert run.state() == "success"
    assert run.states() == {
        "told": "success",
        "nothing_to_do": "skipped",
        "after_it": "skipped",
        "greedy": "success",
    }
    assert f'it\'s $(HOME) "here"|0.25|{run.headgate_id}' in run.log("told", 1)
    assert run.tries("greedy") == 2
    assert "OOMKilled" in run.log("greedy", 1)


def test_pods_share_the_files_tables_and_ranges_of_a_step(airflow: Airflow) -> None:
    # Files with new content: what landed once is not read again.
    new = f"batch {secrets.token_hex(4)}"
    for part in range(4):
        lines = [f"{number},{part},{new}" for number in range(part * 10, part * 10 + 12)]
        write(f"spread/readings-{part}.csv", "\n".join(["id,part,batch", *lines, ""]))
    write("spread/sensors.csv", f"id,name\n1,north {new}\n2,south\n")
    write("spread/places.csv", f"id,name\n1,roof {new}\n")
    query(
        "postgres",
        f"""
        DROP SCHEMA IF EXISTS incoming CASCADE;
        CREATE SCHEMA incoming;
        CREATE TABLE incoming.calls AS SELECT id, id % 7 AS place FROM generate_series(1, 1000) AS id;
        GRANT USAGE ON SCHEMA incoming TO {variable("POSTGRES_PIPELINE_USER")};
        GRANT SELECT ON incoming.calls TO {variable("POSTGRES_PIPELINE_USER")}
        """,
    )

    run = airflow.trigger("spread").well()

    assert run.mapped("by_files.slices") == {"readings-1": "success", "readings-2": "success"}
    assert run.mapped("by_tables.slices") == {"sensors": "success", "places": "success"}
    # Each file begins with the last two keys of the one before; the later row counts.
    assert run.xcom("by_files")["rows"] == {"read": 48, "written": 42, "rejected": 0, "skipped": 6}
    assert run.xcom("by_tables")["rows"] == {"read": 3, "written": 3, "rejected": 0, "skipped": 0}
    assert "put together from 2 slices" in run.log("by_files", 1)
    parts = "SELECT part, count(*) FROM headgate_streaming.readings GROUP BY part ORDER BY part"
    assert [tuple(row) for row in query("postgres", parts)] == [(0, 10), (1, 10), (2, 10), (3, 12)]
    # The second half of 1 to 1,000 begins at 501.
    assert run.mapped("by_ranges.slices") == {"calls-1": "success", "calls-2-501": "success"}
    assert run.xcom("by_ranges")["rows"] == {
        "read": 1000,
        "written": 1000,
        "rejected": 0,
        "skipped": 0,
    }
    calls = "SELECT count(*), count(DISTINCT id), sum(place) FROM headgate_streaming.calls"
    # 142 rounds of 0 to 6, and six more from 1 on.
    assert tuple(query("postgres", calls)[0]) == (1000, 1000, 142 * 21 + 21)
    run.leaves_no_pod()


def test_runs_of_two_days_at_once_end_with_the_rows_of_both(airflow: Airflow) -> None:
    write(
        "days/visits.csv",
        "id,at\n" + "".join(f"{n},2024-02-0{1 + n % 3}T12:00:00\n" for n in range(300)),
    )
    # A run by hand has the last interval that had ended at its logical date.
    days = [airflow.trigger("days", logical_date=f"2024-02-0{day}T00:00:00Z") for day in (2, 3)]
    until("both runs at once", lambda: {day.state() for day in days} == {"running"}, 240)
    for day in days:
        day.well()
    rows = query(
        "postgres",
        "SELECT at::date::text, count(*) FROM headgate_streaming.visits GROUP BY 1 ORDER BY 1",
    )
    assert [tuple(row) for row in rows] == [("2024-02-01", 100), ("2024-02-02", 100)]
