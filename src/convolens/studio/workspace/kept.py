"""Kept: what was made for one page and may be asked for again, the most recently used of each kind."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Value = TypeVar("Value")


@dataclass
class _Place:
    """Where a value lies, or is being made."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    made: bool = False
    value: Any = None


@dataclass
class Kept:
    """Values by a key; of several threads that ask for the same one makes it, and the others wait. Other keys wait for nobody.

    Args:
        most: that are kept.

    Example:
        >>> kept = Kept(1)
        >>> kept.get("a", lambda: 1), kept.get("a", lambda: 2), kept.get("b", lambda: 3), kept.get("a", lambda: 4)
        (1, 1, 3, 4)
    """

    most: int
    _places: OrderedDict[Hashable, _Place] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made where it is not there.

        Args:
            key: all that the value depends on.
            make: called without arguments; what it raises is passed on, and nothing kept.
        """
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self.most:
                self._places.popitem(last=False)
        with place.lock:
            if not place.made:
                try:
                    place.value = make()
                except BaseException:
                    with self._lock:
                        if self._places.get(key) is place:
                            del self._places[key]
                    raise
                place.made = True
            found: Value = place.value
            return found


@dataclass
class KeptOfPages:
    """A `Kept` for each kind of thing that pages make: `kept.of("networks", 2)`."""

    _kinds: dict[str, Kept] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of(self, kind: str, most: int) -> Kept:
        """Return the one of a kind, made at the first call.

        Args:
            kind: its name.
            most: that are kept of it.
        """
        with self._lock:
            return self._kinds.setdefault(kind, Kept(most))
