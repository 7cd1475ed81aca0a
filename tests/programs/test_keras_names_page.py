"""The table of Keras' names in docs/from-keras.md is what the library says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_table_is_what_is_here():
    script = ROOT / "docs" / "list_keras_names.py"
    made = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True).stdout
    page = (ROOT / "docs" / "from-keras.md").read_text(encoding="utf-8")
    assert made.strip() in page, "run `python docs/list_keras_names.py --write`"
