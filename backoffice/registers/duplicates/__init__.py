"""Records that may mean the same: found over a whole register, compared side by side, merged, and taken apart again.

- `likeness`: the keys by which two records are judged alike, and the job that finds groups
- `groups`: which groups a viewer may know of, and saying that two are not the same
- `merging`: several records into one, as one change set
"""
