"""Where probe jobs leave their traces."""

from django.db import models


class Row(models.Model):
    """One row of work. Nothing keeps a number from being written twice: the tests count."""

    n = models.PositiveIntegerField()
    run = models.PositiveIntegerField()

    class Meta:
        app_label = "probe"

    def __str__(self):
        return str(self.n)
