"""Who can sign in to the demo site, as (user name, password, role): printed by `serve`, made by `seed_demo`.

The embedded settings alone use them; production never has demo accounts.
"""

from backoffice.organisation.demo_logins import ADMINISTRATOR
from backoffice.organisation.demo_logins import DEMO_LOGINS as PEOPLE

DEMO_LOGINS = [(*ADMINISTRATOR, "")] + [(username, password, role) for username, password, role, _name in PEOPLE]
