"""Decide what the crash matrix stands on: one mother of processes, one database, one signer."""

from collections.abc import Iterator

import pytest

from tests.faults.matrix import Matrix
from tests.faults.receiver import Receiver
from tests.faults.zygote import Zygote


@pytest.fixture(scope="module")
def matrix(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """Give the module a world whose processes may die."""
    zygote, receiver = Zygote(), Receiver()
    made = Matrix(zygote, receiver, database_url, tmp_path_factory.mktemp("faults"))
    try:
        yield made
    finally:
        made.close()
        receiver.close()
        zygote.close()
