"""What people do with a list: narrow it, arrange it, keep it as a view, and change many of its rows at once.

- `conditions`: the one form of a filter, a tree of conditions, whoever asks: quick filters, builder, saved views,
  bulk edit, export, API; `operators` and `periods` say what a condition can be
- `arranging`: columns, order and page size somebody chose; `views`: saved views
- `bulk`, `jobs`: changing or voiding many rows as one change set
"""
