"""Hypothesis draws the same examples on every machine, and slow machines are no failures."""

import hypothesis

hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("repeatable")
