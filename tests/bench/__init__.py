"""Speed and memory as a table: ratios against a named baseline in the same run."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `jianbao` sets it
