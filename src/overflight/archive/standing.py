"""The version of an archive that questions are asked of, and what is read of it once."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from overflight.clock import day_number
from overflight.detect.airframes import Airframes
from overflight.detect.footprints import Footprints
from overflight.intake.places import airframes_of, footprints_for, gazetteer_of
from overflight.registry.airfields import Gazetteer
from overflight.search.known import Known
from overflight.search.sources import Sources
from overflight.store.folder import Store


class Standing:
    """An open archive at one of its versions."""

    def __init__(self, store: Store) -> None:
        """Use `overflight.open`."""
        self._store = store
        self._sources, self._known = self._sources_now()

    @property
    def version(self) -> str:
        """Digest of what the archive holds, 16 hex digits: equal content, equal digest, anywhere."""
        return self._store.version.digest

    def close(self) -> None:
        """Let go of files and memory; answers still held are told to their end first."""
        self._sources.finish()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sources_now(self) -> tuple[Sources, Known]:
        store = self._store

        def footprints(gazetteer: Gazetteer) -> Footprints:
            return footprints_for(
                gazetteer, {day_number(f.partition.split("/")[0]) for f in store.files("positions")}
            )

        def airframes(addresses: list[int]) -> Airframes:
            return airframes_of(store, addresses, sources.types)

        sources = Sources(store, lambda: gazetteer_of(store), footprints, airframes)
        return sources, Known(sources)
