"""Decide whether the name on a bank transfer is the name of who ordered."""

from cambist.domain.compliance.names import fold, similarity_ppm

SAME_PERSON_PPM = 850_000


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two ways of writing a name are near enough to be one person's."""
    return similarity_ppm(fold(one), fold(other)) >= SAME_PERSON_PPM
