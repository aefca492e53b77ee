"""Lists come from a folder, are exchanged whole when they change, and say which they are."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cambist.adapters.screening import lists
from cambist.adapters.screening.lists import LocalLists
from cambist.ports.screening import HITS_MAX, ScreeningPort, Subject
from tests.screening.files import alt, entity, export, put, sdn

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PEP = "name,birth_date,country,position\n"
IVAN = [(7, "SIDOROV, Ivan", "individual", "DOB 18 Mar 1969")]


def opened(folder: Path) -> LocalLists:
    screening = LocalLists(folder, lambda: MOMENT)
    screening.refresh()
    return screening


def keys(screening: ScreeningPort, name: str, birth: date | None = None) -> list[str]:
    return [hit.key for hit in screening.screen(Subject(name, birth_date=birth))]


def test_absent_folder_is_three_empty_lists_that_say_so(tmp_path: Path) -> None:
    screening = opened(tmp_path / "none")
    assert screening.screen(Subject("Ivan Sidorov")) == ()
    assert [(v.name, v.digest, v.entries, v.is_present) for v in screening.versions()] == [
        ("ofac-sdn", "", 0, False),
        ("eu", "", 0, False),
        ("pep", "", 0, False),
    ]


def test_a_subject_is_held_against_every_list(tmp_path: Path) -> None:
    put(
        tmp_path,
        sdn_csv=sdn(IVAN),
        eu_xml=export(entity(13, ["Иван Сидоров"])),
        pep_csv=PEP + "Ivan Sidorov,1969-03-18,CZ,Mayor\n",
    )
    screening = opened(tmp_path)
    found = keys(screening, "Ivan Sidorov")
    assert found[:2] == ["eu:13", "ofac-sdn:7"]
    assert found[2].startswith("pep:")
    assert all(v.entries == 1 and v.loaded_at == MOMENT for v in screening.versions())
    assert all(len(v.digest) == 64 for v in screening.versions())


def test_another_birth_date_is_no_hit_and_the_same_one_is(tmp_path: Path) -> None:
    put(tmp_path, sdn_csv=sdn(IVAN))
    screening = opened(tmp_path)
    assert keys(screening, "Ivan Sidorov", date(1999, 1, 1)) == []
    assert keys(screening, "Ivan Sidorov", date(1969, 3, 18)) == ["ofac-sdn:7"]


def test_only_changed_lists_are_read_again(tmp_path: Path) -> None:
    put(tmp_path, sdn_csv=sdn(IVAN), pep_csv=PEP)
    screening = LocalLists(tmp_path, lambda: MOMENT)
    assert screening.refresh().changed == ("ofac-sdn", "pep")
    assert screening.refresh().changed == ()
    put(tmp_path, alt_csv=alt([(7, "Kolomenko, Boris")]))
    assert screening.refresh().changed == ("ofac-sdn",)
    assert keys(screening, "Boris Kolomenko") == ["ofac-sdn:7"]


def test_a_malformed_update_leaves_the_list_in_use(tmp_path: Path) -> None:
    put(tmp_path, sdn_csv=sdn(IVAN))
    screening = opened(tmp_path)
    before = screening.versions()
    put(tmp_path, sdn_csv="x")
    refreshed = screening.refresh()
    (fault,) = refreshed.faults
    assert (fault.list_name, fault.file, fault.line) == ("ofac-sdn", "sdn.csv", 1)
    assert refreshed.changed == ()
    assert screening.versions() == before
    assert keys(screening, "Ivan Sidorov") == ["ofac-sdn:7"]


@pytest.mark.parametrize("gone", ["sdn.csv", "alt.csv"])
def test_a_file_that_vanishes_leaves_the_list_in_use(tmp_path: Path, gone: str) -> None:
    put(tmp_path, sdn_csv=sdn(IVAN), alt_csv=alt([(7, "Kolomenko, Boris")]))
    screening = opened(tmp_path)
    (tmp_path / gone).unlink()
    (fault,) = screening.refresh().faults
    assert (fault.file, fault.line) == (gone, 0)
    assert keys(screening, "Boris Kolomenko") == ["ofac-sdn:7"]


def test_aliases_without_their_list_are_a_fault(tmp_path: Path) -> None:
    put(tmp_path, alt_csv=alt([(7, "Kolomenko, Boris")]))
    (fault,) = LocalLists(tmp_path, lambda: MOMENT).refresh().faults
    assert fault.file == "sdn.csv"


def test_too_large_or_unreadable_a_file_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FILE_BYTES_MAX", 20)
    put(tmp_path, sdn_csv=sdn(IVAN))
    (tmp_path / "eu.xml").mkdir()
    faults = LocalLists(tmp_path, lambda: MOMENT).refresh().faults
    assert [(fault.list_name, fault.line) for fault in faults] == [("ofac-sdn", 0), ("eu", 0)]


def test_one_bad_list_does_not_keep_the_others_out(tmp_path: Path) -> None:
    put(tmp_path, sdn_csv="x", eu_xml=export(entity(13, ["Ivan Sidorov"])))
    screening = LocalLists(tmp_path, lambda: MOMENT)
    refreshed = screening.refresh()
    assert refreshed.changed == ("eu",)
    assert len(refreshed.faults) == 1
    assert keys(screening, "Ivan Sidorov") == ["eu:13"]


def test_hits_are_bounded_and_the_best_come_first(tmp_path: Path) -> None:
    many = [entity(number, ["Ivan Petrovich Sidorov"]) for number in range(2, HITS_MAX + 20)]
    put(tmp_path, eu_xml=export(*many, entity(1, ["Ivan Sidorov"])))
    found = keys(opened(tmp_path), "Ivan Sidorov")
    assert len(found) == HITS_MAX
    assert found[0] == "eu:1"


def test_threshold_is_the_operators(tmp_path: Path) -> None:
    put(tmp_path, sdn_csv=sdn([(7, "SIDOROV, Ivan Petrovich", "individual", "")]))
    strict = LocalLists(tmp_path, lambda: MOMENT, threshold_ppm=950_000)
    strict.refresh()
    assert strict.screen(Subject("Ivan Sidorov")) == ()
    assert keys(opened(tmp_path), "Ivan Sidorov") == ["ofac-sdn:7"]
