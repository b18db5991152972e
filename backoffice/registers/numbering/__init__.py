"""Numbers of records: drawn without gaps in the door's transaction, after a pattern that managers may change.

- `numbers`: drawing, and what the door asks
- `patterns`: what a pattern may say, writing a number after it and reading one back
- `series`: which series there are and who changes their pattern
"""
