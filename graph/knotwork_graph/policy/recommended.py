"""The policy that a new workspace begins with: recommended guards in plain sight, every other setting as a comment."""

from __future__ import annotations

DEFAULT_POLICY = """\
# The policy of this workspace: which identifiers make one customer, and what holds people apart.
#
# What this file does not say is not limited. The guards below are recommendations that are safe to begin with;
# change them, then see the effect with `knotwork resolve --dry-run` before anything is published.
# A setting can be overridden by an environment variable, such as KNOTWORK_RESOLUTION_MAX_CLUSTER_SIZE=300.
# Durations are whole weeks, days, hours, minutes or seconds: "2w", "180d", "12h", "30m", "45s".

[resolution]
conflict = "strongest"          # which links win where a limit is broken: strongest | newest | oldest | isolate
shared_events = "session"       # whose a shared device's event is: session | device_split | last_identified | nobody
max_cluster_size = 500          # more identifiers than this are not one person
half_life = "180d"              # evidence loses half its weight in this time when two links compete

# --- accounts and cards: what a person signs in with or holds in the hand -------------------------------------------

[identifiers.user_id]
priority = 1                    # 1 is the strongest
max_per_customer = 1            # one account, one customer: this is what keeps people on one device apart

[identifiers.loyalty_card]
priority = 2
normaliser = "loyalty_card"     # spaces and dashes off, capitals
max_per_customer = 5            # lost and replaced cards stay with their customer
shared_above = { user_id = 3, email = 8, phone = 8 }
trust = 0.9

[identifiers.zalo_id]
priority = 2
max_per_customer = 3
shared_above = { user_id = 3 }
trust = 0.9

# --- addresses: reach a person, but are lent, shared and handed on ---------------------------------------------------

[identifiers.email]
priority = 3
normaliser = "email"
provider_rules = false          # true: +tag is dropped, and dots at Gmail, so that variants are one mailbox
max_per_customer = 5
blocked = ["info@*", "contact@*", "sales@*", "support@*", "admin@*", "office@*", "hello@*", "cskh@*"]
shared_above = { user_id = 3, loyalty_card = 5, phone = 8, "trait:family_name" = 8 }
trust = 0.9

[identifiers.phone]
priority = 3
normaliser = "phone"
region = "VN"                   # the country of numbers written without one
max_per_customer = 5
blocked = []                    # your own hotlines, such as "+84281234*"
shared_above = { user_id = 3, loyalty_card = 5, email = 8, "trait:family_name" = 8 }
trust = 0.9

[identifiers.order_number]
priority = 4
shared_above = { user_id = 2, email = 3, phone = 3, loyalty_card = 2 }   # two tills may count the same numbers
trust = 0.8

# --- devices and browsers: many, short-lived, and used by several people ---------------------------------------------

[identifiers.device]
priority = 5
normaliser = "device"           # small letters, braces off
shared_above = { user_id = 4, email = 6, phone = 6, loyalty_card = 6 }
trust = 0.7
ttl = "730d"                    # a link not seen for so long links no more

[identifiers.advertising_id]
priority = 5
normaliser = "device"
shared_above = { user_id = 4, email = 6, phone = 6, loyalty_card = 6 }
trust = 0.6
ttl = "400d"

[identifiers.cookie]
priority = 6
shared_above = { user_id = 4, email = 6, phone = 6, loyalty_card = 6 }
trust = 0.6
ttl = "400d"                    # browsers keep no cookie longer

# Types that an event brings and this file does not name are kept, reported, and link by these rules.
[identifiers.default]
priority = 50
trust = 0.5
shared_above = { user_id = 3, email = 6, phone = 6 }

# --- matching: people who look alike but share no identifier ---------------------------------------------------------

[matching]
# auto_join = false             # true: pairs above join_above are joined without asking
# join_above = 0.95             # probability
# propose_above = 0.5           # probability above which a person is asked

# --- where things run -------------------------------------------------------------------------------------------------

[graph]
# url = "sqlite"                # or "neo4j://host:7687"; its user and password stand in the environment
# database = "neo4j"

[serve]
# host = "127.0.0.1"            # reached from this machine only
# port = 8765                   # 0 takes any that is free
# show_personal = false         # true shows personal values in clear; for made-up data

[workspace]
# name = ""                     # what headings call this workspace
"""
