"""Say how numbers that may be used once are used up."""

from typing import Protocol

from cambist.kernel.ids import ApiKeyId

NONCE_MAX = 2**63 - 1


class NonceLog(Protocol):
    """Keep every nonce of every key, for ever."""

    async def consume(self, key_id: ApiKeyId, nonce: int) -> bool:
        """Use a nonce of 1 to NONCE_MAX up, durably; False when it was used before.

        However many ask at once, one is told True.

        Raises:
            StoreUnavailableError: it is not known whether the nonce is used up now.
        """
