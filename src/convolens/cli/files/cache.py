"""convolens cache"""

from typing import Annotated

import typer


def cache(
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove all of it; nothing is lost but time.")
    ] = False,
) -> None:
    """List or clear what is kept so that it is done only once: decoded photos, features.

    CONVOLENS_CACHE names another folder, CONVOLENS_CACHE_LIMIT another size (in GiB; 20 without it).

    Example: [bold]convolens cache --clear[/bold]
    """
    import time

    from convolens.data.caching.place import (
        cache_folder,
        cache_limit,
        clear_cache,
        features_folder,
        list_cache,
    )
    from convolens.runs.output.screen import Screen, bytes_text

    screen = Screen()
    if clear:
        screen.result(f"{bytes_text(clear_cache())} freed in {cache_folder().parent}")
        return
    entries = sorted([*list_cache(), *list_cache(features_folder())], key=lambda entry: entry.used)
    screen.table(
        ["photos of", "images", "kept", "on disk", "last used"],
        [
            [
                entry.root,
                f"{entry.images:,}",
                entry.what,
                bytes_text(entry.bytes),
                time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used)),
            ]
            for entry in reversed(entries)
        ],
        right=(1, 3),
    )
    total = sum(entry.bytes for entry in entries)
    screen.result(f"{bytes_text(total)} of at most {bytes_text(cache_limit())} in {cache_folder().parent}")
