"""Say what is asked about addresses: derive ours from extended public keys, check anybody's."""

from typing import Protocol

from cambist.ports.signer import KeyPath


class AddressBook(Protocol):
    """Derive and validate addresses; pure computation, no network."""

    def derive(self, chain: str, path: KeyPath) -> str:
        """Derive our address at a path from the chain's extended public key.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED when no key is configured for the chain.
        """

    def is_valid(self, chain: str, address: str) -> bool:
        """Tell whether money of the chain's configured network can be sent to an address."""
