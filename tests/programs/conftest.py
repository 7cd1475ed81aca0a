"""keras_style/ holds programs for tf.keras; test_keras_style_programs.py runs them migrated."""

collect_ignore_glob = ["keras_style/*"]
