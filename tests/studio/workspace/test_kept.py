"""What pages made is made once, by one thread, and forgotten in the order of use."""

import threading

import pytest

from convolens.errors import MissingFileError, TooLargeError
from convolens.studio.workspace import dropped
from convolens.studio.workspace.dropped import Dropped
from convolens.studio.workspace.kept import Kept, KeptOfPages


def test_threads_that_ask_for_the_same_wait_for_one() -> None:
    kept, made = Kept(4), []
    gate = threading.Event()

    def make() -> int:
        gate.wait(10)
        made.append(1)
        return len(made)

    threads = [threading.Thread(target=lambda: kept.get("a", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)
    assert made == [1]


def test_what_cannot_be_made_is_asked_for_again() -> None:
    kept = Kept(1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 5) == 5


def test_the_least_recently_used_goes_first() -> None:
    kept = Kept(2)
    for key in "abac":
        kept.get(key, lambda key=key: key)  # type: ignore[misc]
    assert kept.get("b", lambda: "made again") == "made again"


def test_each_kind_has_its_own() -> None:
    pages = KeptOfPages()
    pages.of("one", 1).get("key", lambda: 1)
    assert pages.of("two", 1).get("key", lambda: 2) == 2
    assert pages.of("one", 1).get("key", lambda: 3) == 1


def test_dropped_photos_are_the_newest_few(monkeypatch: pytest.MonkeyPatch) -> None:
    photos = Dropped()
    names = [photos.add(bytes([number])) for number in range(dropped.MOST + 1)]
    assert photos.get(names[-1]) == bytes([dropped.MOST])
    with pytest.raises(MissingFileError, match="the photo that was dropped is no longer there"):
        photos.get(names[0])
    monkeypatch.setattr(dropped, "MOST_BYTES", 3)
    with pytest.raises(
        TooLargeError, match=r"a photo of 4 bytes was dropped, more than 3; drop a smaller one\."
    ):
        photos.add(b"four")
