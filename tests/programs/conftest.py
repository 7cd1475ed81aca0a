"""keras_style/ and keras_programs/ hold programs for Keras; the tests beside them run those."""

collect_ignore_glob = ["keras_style/*", "keras_programs/*"]
