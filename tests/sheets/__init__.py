"""Brings what a corpus of test lists takes as known into a database: `python -m tests.sheets --load-known FILE`."""
