"""List files are read as specified; one that is not is named by its line, never quoted."""

import pytest

from cambist.adapters.screening import entries
from cambist.adapters.screening.entries import Entry, ListMalformedError
from cambist.adapters.screening.eu import SAID_MAX, read_eu
from cambist.adapters.screening.ofac import births, read_ofac
from cambist.adapters.screening.pep import read_pep
from cambist.domain.compliance.matching import Born
from tests.screening.files import alt, entity, export, sdn

HEADER = "name,birth_date,country,position\n"
SECRET = "Volkhonsky"


def ofac(main: str | bytes, aliases: str = "") -> tuple[Entry, ...]:
    content = main if isinstance(main, bytes) else main.encode()
    return read_ofac({"sdn.csv": content, "alt.csv": aliases.encode()})


def eu(text: str) -> tuple[Entry, ...]:
    return read_eu({"eu.xml": text.encode()})


def pep(text: str) -> tuple[Entry, ...]:
    return read_pep({"pep.csv": text.encode()})


def test_ofac_entry_gathers_names_births_and_program() -> None:
    remarks = "DOB 18 Mar 1969; POB Volkhov; a.k.a. 'THE BROKER'; Gender Male."
    main = sdn([(7, "SIDOROV, Ivan", "individual", remarks), (8, "VOLKHOV HOUSE", "", "")])
    person, house = ofac(main, alt([(7, "SIDOROFF, Iwan")]))
    assert person.names == ("SIDOROV, Ivan", "THE BROKER", "SIDOROFF, Iwan")
    assert person.born == (Born(1969, 3, 18),)
    assert (person.entry_id, person.program) == ("7", "INVENTED")
    assert (house.names, house.born) == (("VOLKHOV HOUSE",), ())


def test_ofac_vessels_are_nobody_and_may_have_aliases() -> None:
    main = sdn([(7, "VOLKHOV STAR", "vessel", ""), (8, "SIDOROV, Ivan", "individual", "")])
    assert [entry.entry_id for entry in ofac(main, alt([(7, "STAR")]))] == ["8"]


def test_ofac_is_read_as_latin_1_when_it_is_no_utf_8() -> None:
    main = sdn([(7, "NUÑEZ BÁRTA, José", "individual", "")])
    assert ofac(main.encode("latin-1"))[0].names == ("NUÑEZ BÁRTA, José",)
    assert ofac(main)[0].names == ("NUÑEZ BÁRTA, José",)


@pytest.mark.parametrize(
    ("remarks", "born"),
    [
        ("DOB 18 Mar 1969", Born(1969, 3, 18)),
        ("DOB Mar 1969", Born(1969, 3)),
        ("DOB 1969", Born(1969, last_year=1969)),
        ("DOB circa 1969", Born(1968, last_year=1970)),
        ("DOB 1965 to 1969", Born(1965, last_year=1969)),
        ("DOB 1965-1969", Born(1965, last_year=1969)),
        ("DOB 01 Jan 1965 to 31 Dec 1969", Born(1965, last_year=1969)),
    ],
)
def test_ofac_birth_dates_of_remarks(remarks: str, born: Born) -> None:
    assert births(f"POB Volkhov; {remarks}; Gender Male.") == (born,)


def test_ofac_alternative_births_are_all_kept() -> None:
    found = births("DOB 18 Mar 1969; alt. DOB 1971.")
    assert found == (Born(1969, 3, 18), Born(1971, last_year=1971))


def test_eu_entity_gathers_aliases_births_and_programmes() -> None:
    text = export(
        entity(13, ["Ivan Sidorov", "Иван Сидоров"], ["birthdate='1969-03-18' year='1969'"]),
        entity(14, ["Olga & Söhne <GmbH>"]),
    )
    person, house = eu(text)
    assert person == Entry(
        "13", ("Ivan Sidorov", "Иван Сидоров"), (Born(1969, 3, 18),), frozenset(), "INV"
    )
    assert house.names == ("Olga & Söhne <GmbH>",)


@pytest.mark.parametrize(
    ("attributes", "born"),
    [
        ("year='1969'", (Born(1969, last_year=1969),)),
        ("year='1969' monthOfYear='3'", (Born(1969, 3),)),
        ("year='1969' monthOfYear='3' dayOfMonth='18'", (Born(1969, 3, 18),)),
        ("year='1969' circa='true'", (Born(1968, last_year=1970),)),
        ("yearRangeFrom='1965' yearRangeTo='1969'", (Born(1965, last_year=1969),)),
        ("city='Volkhov'", ()),
        ("year='19x9' birthdate='--'", ()),
        ("birthdate='1969-03-18-1'", ()),
    ],
)
def test_eu_birth_dates(attributes: str, born: tuple[Born, ...]) -> None:
    assert eu(export(entity(1, ["Ivan Sidorov"], [attributes])))[0].born == born


def test_eu_name_is_put_together_when_the_whole_one_is_missing() -> None:
    alias = "<nameAlias firstName='Ivan' middleName='' lastName='Sidorov' wholeName=''/>"
    text = export(f"<sanctionEntity logicalId='1'>{alias}</sanctionEntity>")
    assert eu(text)[0].names == ("Ivan Sidorov",)


def test_pep_entry_keeps_its_id_when_rows_and_positions_change() -> None:
    (before,) = pep(HEADER + "Ivan Sidorov,1969-03-18,cz,Mayor\n")
    after = pep(HEADER + "Olga Nova,,,\nIvan Sidorov,1969-03-18,CZ,Minister\n")
    assert after[1].entry_id == before.entry_id
    assert before.countries == {"CZ"}
    assert (before.born, before.program) == ((Born(1969, 3, 18),), "Mayor")


def test_pep_list_may_be_empty_but_not_headless() -> None:
    assert pep(HEADER) == ()
    with pytest.raises(ListMalformedError):
        pep("")


BAD_OFAC = {
    "short row": ('7,"A"\n', 1),
    "no number": (sdn([(7, "A", "", "")]).replace("7,", "x7,"), 1),
    "double number": (sdn([(7, "A", "", ""), (7, SECRET, "", "")]), 2),
    "no name": (sdn([(7, "A", "", ""), (8, "-0- ", "", "")]), 2),
    "open quote": (sdn([(7, "A", "", "")]).rstrip("\x1a") + f'8,"{SECRET}', 2),
    "nothing at all": ("", 1),
}


@pytest.mark.parametrize("name", BAD_OFAC)
def test_malformed_ofac_file_is_named_by_line_without_content(name: str) -> None:
    text, line = BAD_OFAC[name]
    with pytest.raises(ListMalformedError) as caught:
        ofac(text)
    assert (caught.value.file, caught.value.line) == ("sdn.csv", line)
    assert SECRET not in str(caught.value)


def test_alias_of_nobody_shows_that_the_files_do_not_belong_together() -> None:
    with pytest.raises(ListMalformedError) as caught:
        ofac(sdn([(7, "A", "", "")]), alt([(7, "B"), (9, SECRET)]))
    assert (caught.value.file, caught.value.line) == ("alt.csv", 2)
    assert SECRET not in str(caught.value)


BAD_EU = {
    "cut off": (export(entity(1, ["A"]), entity(2, [SECRET]))[:-30], 4),
    "no entity": (export(), 4),
    "another root": ("<html>\n</html>", 1),
    "double": (export(entity(1, ["A"]), entity(1, [SECRET])), 4),
    "no number": (export("<sanctionEntity logicalId=''/>"), 3),
    "no name": (export(entity(1, [])), 3),
    "doctype": (f"<!DOCTYPE export [<!ENTITY a '{SECRET}'>]>\n<export>&a;</export>", 1),
    "too deep": (export("<a>" * 40 + "</a>" * 40), 3),
    "entity from a file": (
        "<!DOCTYPE export [<!ENTITY a SYSTEM '/etc/hostname'>]>\n<export>&a;</export>",
        1,
    ),
    "unknown encoding": ("<?xml version='1.0' encoding='klingon'?><export/>", 1),
}


@pytest.mark.parametrize("name", BAD_EU)
def test_malformed_eu_file_is_named_by_line_without_content(name: str) -> None:
    text, line = BAD_EU[name]
    with pytest.raises(ListMalformedError) as caught:
        eu(text)
    assert (caught.value.file, caught.value.line) == ("eu.xml", line)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "row",
    [f"{SECRET},1969-13-01,CZ,x", f"{SECRET},,Czechia,x", ",,CZ,x", f"{SECRET},CZ", '"x'],
)
def test_malformed_pep_row_is_named_by_line_without_content(row: str) -> None:
    with pytest.raises(ListMalformedError) as caught:
        pep(HEADER + "Ivan Sidorov,,,\n" + row + "\n")
    assert (caught.value.file, caught.value.line) == ("pep.csv", 3)
    assert SECRET not in str(caught.value)


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ofac", "eu", "pep"):
        monkeypatch.setattr(f"cambist.adapters.screening.{module}.ENTRIES_MAX", 2)
    with pytest.raises(ListMalformedError):
        ofac(sdn([(number, "A", "", "") for number in (1, 2, 3)]))
    with pytest.raises(ListMalformedError):
        eu(export(*(entity(number, ["A"]) for number in (1, 2, 3))))
    with pytest.raises(ListMalformedError):
        pep(HEADER + "A,,,\nB,,,\nC,,,\n")


def test_too_long_a_field_is_refused() -> None:
    long = "A" * (entries.FIELD_LENGTH_MAX + 1)
    with pytest.raises(ListMalformedError):
        ofac(sdn([(1, long, "", "")]))


def test_an_eu_entity_does_not_say_more_than_anybody_has() -> None:
    births = [f"year='{1900 + number % 100}'" for number in range(SAID_MAX + 1)]
    assert len(eu(export(entity(1, ["A"], births[:-1])))[0].born) == SAID_MAX
    with pytest.raises(ListMalformedError, match="too many"):
        eu(export(entity(1, ["A"], births)))


def test_an_eu_entity_is_not_listed_by_endless_regulations() -> None:
    regulations = "".join(f"<regulation programme='P{number}'/>" for number in range(SAID_MAX + 1))
    text = export(entity(1, ["A"])).replace("</sanctionEntity>", f"{regulations}</sanctionEntity>")
    with pytest.raises(ListMalformedError, match="too many"):
        eu(text)
