"""Who can sign in to the demo site, as (user name, password, role): printed by `serve`, made by `seed_demo`.

The embedded settings alone use them; production never has demo accounts.
"""

DEMO_LOGINS = []
