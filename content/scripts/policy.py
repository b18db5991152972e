"""Who may do what with talk scripts in the admin. Superusers are people: nobody publishes here."""

from wagtail.permission_policies import ModelPermissionPolicy


class ReleasedPolicy(ModelPermissionPolicy):
    """Model permissions, without the right to publish or unpublish, which no one has."""

    REFUSED = {"publish", "unpublish"}

    def user_has_permission(self, user, action):
        return action not in self.REFUSED and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, [a for a in actions if a not in self.REFUSED])

    def users_with_any_permission(self, actions):
        return super().users_with_any_permission([a for a in actions if a not in self.REFUSED])
