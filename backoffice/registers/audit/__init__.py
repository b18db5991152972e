"""The audit log: one entry for every row written, every act closed and every look at personal data.

- `events` writes the entries, in the transaction of what they tell of
- `sealing` chains closed batches of them and hands each head outside; `verifying` names the first break
- `redaction` takes values away for good, with a case and by two persons
- `looks` notes who saw personal data; `origin` where an act came from
- `moments` rebuilds rows as they were at a past moment
"""
