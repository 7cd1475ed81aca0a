"""Folders as people have them: links that lead nowhere or round, pipes, locked places, bare and double parts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from convolens.data.folders.folder import check_folder, files_below, list_images, subfolders
from convolens.data.folders.layout import find_layout
from convolens.errors import DataError
from images import folders


def test_links_that_lead_back_up_end(tmp_path):
    data = folders(tmp_path / "data", {"a": 3, "a/deep": 2, "b": 4})
    (data / "a" / "deep" / "up").symlink_to("..")
    (data / "b" / "self").symlink_to(".")
    images = list_images(data)
    assert images.counts().tolist() == [5, 4]
    assert len({path.resolve() for path in images.paths}) == 9
    (data / "a" / "root").symlink_to(data)
    assert (
        len({path.resolve() for path in files_below(data / "a")}) == len(list(files_below(data / "a"))) == 5
    )
    assert list_images(data).counts().tolist() == [5, 4], "photos of b are none of a"


def test_a_link_to_itself_is_no_class(tmp_path):
    data = folders(tmp_path, {"a": 1, "b": 1})
    (data / "round").symlink_to("round")
    (data / "a" / "round.png").symlink_to("round.png")
    assert subfolders(data) == ["a", "b"]
    assert [path.name for path in list_images(data).paths] == ["00.png", "round.png", "00.png"]


def test_links_stand_for_what_they_lead_to(tmp_path):
    folders(tmp_path / "elsewhere", {"b": 4})
    data = folders(tmp_path / "data", {"a": 3})
    (data / "b").symlink_to(tmp_path / "elsewhere" / "b")
    (data / "c").mkdir()
    (data / "c" / "x.png").symlink_to(data / "a" / "00.png")
    (data / "c" / "gone.png").symlink_to(tmp_path / "gone.png")
    assert list_images(data).counts().tolist() == [3, 4, 2], (
        "a link to nothing is listed, so that reading names it"
    )


def test_a_pipe_is_no_photo(tmp_path):
    """Opening one would wait for ever."""
    data = folders(tmp_path, {"a": 2})
    os.mkfifo(data / "a" / "pipe.png")
    (data / "a" / "link.png").symlink_to("pipe.png")
    assert [path.name for path in files_below(data / "a")] == ["00.png", "01.png"]


def test_files_come_in_the_order_of_os_walk(tmp_path):
    folders(tmp_path, {"b": 3, "b/y": 2, "b/x/z": 2, "a": 1, ".hidden": 1, "__MACOSX": 1})
    walked = []
    for place, names, files in os.walk(tmp_path):
        names[:] = sorted(name for name in names if name not in (".hidden", "__MACOSX"))
        walked += [Path(place, name) for name in sorted(files)]
    assert list(files_below(tmp_path)) == walked


def test_a_folder_that_may_not_be_looked_into_is_an_error(tmp_path):
    """No permission would be the usual reason; here it is too few file handles, which stops the superuser too."""
    folders(tmp_path, {"a": 1})
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom convolens.data.folders.folder import files_below\n"
        "from convolens.errors import DataError\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "try: list(files_below(Path(sys.argv[1])))\nexcept DataError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith(f"{tmp_path}: cannot be looked into (Too many open files)"), done.stderr


def test_a_name_that_is_too_long(tmp_path):
    with pytest.raises(DataError, match="cannot be looked into"):
        check_folder(tmp_path / ("x" * 300))


def test_a_named_validation_folder_settles_which(tmp_path):
    for part in ("train", "val", "valid"):
        folders(tmp_path / part, {"a": 1})
    with pytest.raises(DataError, match="keep one, or name one with --val"):
        find_layout(tmp_path)
    layout = find_layout(tmp_path, validation_given=True)
    assert layout.train == tmp_path / "train"
    assert layout.validation is None
    assert layout.lines[-1] == "not used: val, valid"


def test_no_train_folder_is_needed_to_score(tmp_path):
    folders(tmp_path / "test", {"a": 1})
    with pytest.raises(DataError, match="no train folder"):
        find_layout(tmp_path)
    assert find_layout(tmp_path, to_train=False).test == tmp_path / "test"
