"""Write list files of invented people in the three formats."""

import csv
import io
import random
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

NOTHING = "-0- "
SYLLABLES = (
    "ba", "ko", "ri", "men", "tal", "vo", "dra", "shi", "lun", "per", "zak", "mir", "gol", "fen",
    "tu", "sar", "bel", "nov", "qui", "hart", "osk", "wen", "jor", "lam", "pid", "ruk",
)  # fmt: skip


def sdn(rows: Iterable[tuple[int, str, str, str]]) -> str:
    """Write sdn.csv from number, name, type (empty for an organisation) and remarks."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, name, kind, remarks in rows:
        middle = [NOTHING] * 7
        writer.writerow([number, name, kind or NOTHING, "INVENTED", *middle, remarks or NOTHING])
    return out.getvalue() + "\x1a"


def alt(rows: Iterable[tuple[int, str]]) -> str:
    """Write alt.csv from number and alias."""
    out = io.StringIO()
    writer = csv.writer(out)
    for position, (number, name) in enumerate(rows, start=1):
        writer.writerow([number, position, "aka", name, NOTHING])
    return out.getvalue()


def entity(number: int, names: Iterable[str], births: Iterable[str] = ()) -> str:
    """Write one entity of the EU's list; a birth is the attributes of its element."""
    aliases = "".join(f"<nameAlias wholeName={quoteattr(name)} strong='true'/>" for name in names)
    dates = "".join(f"<birthdate calendarType='GREGORIAN' {birth}/>" for birth in births)
    regulation = "<regulation programme='INV'><publicationUrl>x</publicationUrl></regulation>"
    return (
        f"<sanctionEntity logicalId='{number}'>{regulation}<subjectType code='person'/>"
        f"{aliases}{dates}</sanctionEntity>\n"
    )


def export(*entities: str) -> str:
    """Write the EU's list."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<export xmlns='http://eu.europa.ec/fpi/fsd/export' generationDate='2026-01-01'>\n"
        + "".join(entities)
        + "</export>\n"
    )


def invented(count: int, seed: int = 7) -> list[str]:
    """Make so many different names of two or three words, always the same ones."""
    chance = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        words = (
            "".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 3)))).title()
            for _ in range(chance.choice((2, 2, 3)))
        )
        names[" ".join(words)] = None
    return list(names)


def slip(name: str, chance: random.Random) -> str:
    """Make one typing error in a name: a letter doubled, dropped, swapped or changed."""
    at = chance.choice([at for at, letter in enumerate(name[:-1]) if letter != " "])
    match chance.randrange(4):
        case 0:
            return name[:at] + name[at] + name[at:]
        case 1:
            return name[:at] + name[at + 1 :]
        case 2:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case _:
            return name[:at] + chance.choice("aeiourstlnmk") + name[at + 1 :]


def put(folder: Path, **files: str) -> None:
    """Write files named like `sdn_csv="..."`."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
