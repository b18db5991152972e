"""Who may be logged in: checked at the login and again at every request."""

from django.contrib.auth.backends import ModelBackend

from backoffice.registers.scope import viewer_of

from .accounts.models import User
from .authority import may_enter


class SeatHolders(ModelBackend):
    """Passwords and groups as Django has them, for people who hold a position today.

    Django asks `user_can_authenticate` again for every request of a session, so a session ends by itself at the
    midnight after its person's last day.
    """

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and may_enter(user)

    def get_user(self, user_id):
        """The account with the profile that every admin page shows, in one query."""
        user = User.objects.select_related("wagtail_userprofile").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj, obj=None):
        """What the seats held today grant. They were read to let the person in, so that no group is asked again."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        return set().union(*(seat.permissions for seat in viewer_of(user_obj).seats))
