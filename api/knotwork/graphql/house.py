"""What the workspace is set to, and how good its data are."""

from __future__ import annotations

import strawberry

from knotwork.graphql.context import Context, Info


@strawberry.type(description="One setting of the policy, and what it means.")
class PolicySetting:
    """A setting."""

    key: str = strawberry.field(description="Its place in the file, such as identifiers.email.ttl.")
    value: str = strawberry.field(description="What it is set to, as TOML has it, masked as your role demands.")
    meaning: str = strawberry.field(description="What it does.")
    given: bool = strawberry.field(description="Whether it differs from its default.")


@strawberry.type(description="How many identifiers of a type have a status, and why.")
class QualityOfIdentifiers:
    """A count."""

    type: str = strawberry.field(description="The type.")
    status: str = strawberry.field(description="linking, shared, blocked or invalid")
    identifiers: int = strawberry.field(description="How many.")
    owned: int = strawberry.field(description="How many of them belong to a customer.")


@strawberry.type(description="How good the data are.")
class DataQuality:
    """Figures."""

    events: int = strawberry.field(description="How many events there are.")
    identifiers: list[QualityOfIdentifiers] = strawberry.field(description="Identifiers by type and status.")
    nobodys_identifiers: int = strawberry.field(description="How many identifiers belong to no customer.")
    severed_links: int = strawberry.field(description="How many links are cut, since they would break the policy.")
    dead_letter_files: int = strawberry.field(description="How many files of refused events wait to be mended.")


@strawberry.type
class House:
    """The workspace itself."""

    @strawberry.field(description="The policy, setting by setting; for administrators.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def policy(self, info: Info) -> list[PolicySetting]:
        """All settings, masked: a blocked value can be somebody's."""
        context: Context = info.context
        context.administering()
        found = await context.ask(context.explorer.house.policy)
        return [
            PolicySetting(key=one.key, value=context.mask.text(one.value), meaning=one.meaning, given=one.given)
            for one in found
        ]

    @strawberry.field(description="How good the data are: identifiers by status, links cut, events refused.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def data_quality(self, info: Info) -> DataQuality:
        """Sums of everything."""
        context: Context = info.context
        context.sums()
        found = await context.ask(context.explorer.house.quality, long=True)
        counts = [
            QualityOfIdentifiers(type=one.type, status=one.status, identifiers=one.identifiers, owned=one.owned)
            for one in found.identifiers
        ]
        return DataQuality(
            events=found.events,
            identifiers=counts,
            nobodys_identifiers=found.nobodys,
            severed_links=found.severed,
            dead_letter_files=found.dead_letters,
        )
