from __future__ import annotations

import socket
import threading
import urllib.request
from pathlib import Path

import pytest
from conftest import MakeLab
from fake import Fake

from headgate_lab import processes
from headgate_lab.failures import USAGE, LabError
from headgate_lab.laboratory import Lab
from headgate_lab.processes import Identity
from headgate_lab.service import NotReady
from headgate_lab.site import Site


def _site(lab: Lab, service: Fake) -> Site:
    return Site(lab.folder, service)


def _identity(lab: Lab, service: Fake) -> Identity:
    found = _site(lab, service).state.identity
    assert found is not None
    return found


def _answer(lab: Lab, service: Fake) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{_site(lab, service).port('http')}/") as answer:
        return str(answer.read().decode())


def test_up_starts_what_is_needed_first_and_leaves_alone_what_runs(make_lab: MakeLab) -> None:
    base, top = Fake("base"), Fake("top", ("base",))
    lab = make_lab(base, top)
    assert [row.service for row in lab.up(["top"], {})] == ["base", "top"]
    before = _identity(lab, base), _identity(lab, top)
    assert [row.state for row in lab.up([], {})] == ["running", "running"]
    assert (_identity(lab, base), _identity(lab, top)) == before
    assert base.installed == top.installed == 1


def test_a_killed_service_is_dead_until_up_brings_it_back_on_its_port(make_lab: MakeLab) -> None:
    fake = Fake()
    lab = make_lab(fake)
    lab.up([], {})
    port, first = _site(lab, fake).port("http"), _identity(lab, fake)
    child = int((lab.folder / "fake/child").read_text())
    lab.kill("fake")
    assert not first.alive()
    assert not Path(f"/proc/{child}/cwd").exists()
    assert [row.state for row in lab.status([])] == ["dead"]
    assert lab.environment()["HEADGATE_LAB_FAKE_PORT"] == str(port)
    lab.up([], {})
    assert _site(lab, fake).port("http") == port
    assert _identity(lab, fake) != first


def test_a_port_that_was_taken_meanwhile_is_replaced_and_dependents_start_anew(
    make_lab: MakeLab,
) -> None:
    base, top = Fake("base"), Fake("top", ("base",))
    lab = make_lab(base, top)
    lab.up([], {})
    port, first = _site(lab, base).port("http"), _identity(lab, top)
    lab.kill("base")
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", port))
        thief.listen()
        lab.up([], {})
    assert _site(lab, base).port("http") != port
    assert _identity(lab, top) != first
    assert _answer(lab, base) == "hello"


def test_a_server_that_finds_its_port_taken_is_started_again_on_another(make_lab: MakeLab) -> None:
    class Clashing(Fake):
        clashes = 2

        def argv(self, site: Site) -> list[str]:
            if self.clashes:
                self.clashes -= 1
                return ["/bin/sh", "-c", "echo 'bind: Address already in use'; exit 1"]
            return list(super().argv(site))

    fake = Clashing()
    lab = make_lab(fake)
    assert [row.state for row in lab.up([], {})] == ["running"]


def test_a_server_that_is_found_ending_is_started_anew(make_lab: MakeLab) -> None:
    class Ending(Fake):
        """Takes its time to end, as one does that writes down why; until then it does not answer."""

        ends = False

        def probe(self, site: Site) -> None:
            if self.ends:
                self.ends = False
                assert site.state.identity is not None
                processes.kill(site.state.identity)
                raise NotReady("no answer")
            super().probe(site)

    fake = Ending()
    lab = make_lab(fake)
    lab.up([], {})
    first = _identity(lab, fake)
    fake.ends = True
    assert [row.state for row in lab.up([], {})] == ["running"]
    assert _identity(lab, fake) != first


def test_a_failed_start_tells_the_reason_and_keeps_dependents_down(make_lab: MakeLab) -> None:
    broken = Fake("broken", program="print('many words'); raise ValueError('no such setting: x')")
    top = Fake("top", ("broken",))
    lab = make_lab(broken, top)
    with pytest.raises(LabError) as failure:
        lab.up([], {})
    lines = str(failure.value).splitlines()
    assert lines[0] == "broken did not start: ValueError: no such setting: x"
    assert any("many words" in line for line in lines)
    assert lines[-1] == "top not started: what starts before it failed"
    assert [(row.service, row.state) for row in lab.status([])] == [("broken", "dead")]


def test_a_changed_option_starts_the_service_anew_and_is_kept(make_lab: MakeLab) -> None:
    fake = Fake()
    lab = make_lab(fake)
    lab.up([], {})
    first = _identity(lab, fake)
    lab.up([], {"fake": {"words": "goodbye"}})
    assert _identity(lab, fake) != first
    assert _answer(lab, fake) == "goodbye"
    second = _identity(lab, fake)
    lab.up([], {})
    assert _identity(lab, fake) == second


def test_down_stops_those_that_need_it_and_only_own_processes(make_lab: MakeLab) -> None:
    base, top, other = Fake("base"), Fake("top", ("base",)), Fake("other")
    lab = make_lab(base, top, other)
    neighbour = make_lab(name="neighbour")
    lab.up([], {})
    neighbour.up([], {})
    lab.down(["base"])
    assert [row.state for row in lab.status([])] == ["down", "down", "running"]
    lab.down([])
    assert [row.state for row in lab.status([])] == ["down"] * 3
    assert [row.state for row in neighbour.status([])] == ["running"] * 3
    assert list(lab.environment()) == ["HEADGATE_LAB_NAME"]


def test_down_does_not_touch_a_process_that_got_the_pid_of_ours(make_lab: MakeLab) -> None:
    fake = Fake()
    lab = make_lab(fake)
    lab.up([], {})
    site = _site(lab, fake)
    real = _identity(lab, fake)
    site.state.identity = Identity(real.pid, real.started - 7, real.boot)
    site.save()
    assert [row.state for row in lab.status([])] == ["dead"]
    lab.down([])
    assert real.alive()
    processes.kill(real)


def test_a_server_that_was_started_but_not_noted_is_ended_by_the_next_up(make_lab: MakeLab) -> None:
    fake, other = Fake(), Fake("other")
    lab = make_lab(fake, other)
    lab.up([], {})
    site, forgotten, neighbour = _site(lab, fake), _identity(lab, fake), _identity(lab, other)
    site.state.identity = None
    site.save()
    lab.up([], {})
    assert not forgotten.alive()
    assert _identity(lab, other) == neighbour
    assert _answer(lab, fake) == "hello"


def test_labs_have_ports_and_passwords_of_their_own(make_lab: MakeLab) -> None:
    fake = Fake()
    one, two = make_lab(fake, name="one"), make_lab(name="two")
    both = [threading.Thread(target=lab.up, args=([], {})) for lab in (one, two)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert _site(one, fake).port("http") != _site(two, fake).port("http")
    assert _site(one, fake).password("admin") != _site(two, fake).password("admin")
    assert _site(one, fake).password("admin") == _site(one, fake).password("admin")
    assert (one.folder / "fake/passwords.json").stat().st_mode & 0o777 == 0o600
    assert one.environment_file.stat().st_mode & 0o777 == 0o600


def test_purge_leaves_nothing(make_lab: MakeLab) -> None:
    fake = Fake()
    lab = make_lab(fake)
    lab.up([], {})
    identity = _identity(lab, fake)
    lab.purge()
    assert not identity.alive()
    assert not lab.folder.exists()
    lab.purge()


@pytest.mark.parametrize("name", ["", "../up", "a/b", "A", ".hidden", "x" * 41])
def test_refuses_a_name_that_is_no_folder_of_its_own(name: str, tmp_path: Path) -> None:
    with pytest.raises(LabError) as failure:
        Lab(name, tmp_path)
    assert failure.value.status == USAGE


def test_reads_the_state_of_another_version(make_lab: MakeLab) -> None:
    fake = Fake()
    lab = make_lab(fake)
    site = _site(lab, fake)
    site.folder.mkdir(parents=True)
    (site.folder / "state.json").write_text(
        '{"wanted": false, "ports": {"http": 20001}, "unheard": 1}'
    )
    assert _site(lab, fake).state.ports == {"http": 20001}
