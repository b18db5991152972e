"""What stands beside a record without being part of it: files, comments, and who is editing it now.

Each hangs on a record by the register's code and the row's number, so that no register declares anything for it.
Who may see the record may read them; the verbs of the record decide the rest.
"""
