"""Decide how partners and integrations are stopped and let go again."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class PartnerStatus(StrEnum):
    """Tell whether a partner may act."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class IntegrationStatus(StrEnum):
    """Tell whether an integration takes new orders."""

    ACTIVE = "active"
    PAUSED = "paused"


PARTNER = StateMachine(
    name="partner",
    initial=frozenset({PartnerStatus.ACTIVE}),
    transitions={
        PartnerStatus.ACTIVE: frozenset({PartnerStatus.SUSPENDED}),
        PartnerStatus.SUSPENDED: frozenset({PartnerStatus.ACTIVE}),
    },
)

INTEGRATION = StateMachine(
    name="integration",
    initial=frozenset({IntegrationStatus.ACTIVE}),
    transitions={
        IntegrationStatus.ACTIVE: frozenset({IntegrationStatus.PAUSED}),
        IntegrationStatus.PAUSED: frozenset({IntegrationStatus.ACTIVE}),
    },
)
