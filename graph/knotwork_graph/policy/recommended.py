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

# Two kinds of guard stand below, and both are meant for people this file has never seen.
#   max_per_customer is what one person has of a type at one shop. Where a cluster holds more, its weakest links are cut
#   and the rest holds, so a limit may be tight: it costs a rare customer one identifier and keeps two people apart.
#   shared_above takes a value out altogether, so it is loose where a value names somebody (gifts bring strange
#   telephone numbers to an address), and tight for machines, which are worth little as evidence.
# `knotwork policy check` counts what your own people have, and says where these figures do not fit them.

# --- accounts and cards: what a person signs in with or holds in the hand -------------------------------------------

[identifiers.user_id]
priority = 1                    # 1 is the strongest
max_per_customer = 1            # one account, one customer: this is what keeps people on one device apart

[identifiers.customer_id]       # what shops and CRMs call their account; take it out where yours names something else
priority = 1
max_per_customer = 1

[identifiers.account_id]        # other names of it
priority = 1
max_per_customer = 1

[identifiers.member_id]
priority = 1
max_per_customer = 1

[identifiers.member_no]
priority = 1
max_per_customer = 1

[identifiers.loyalty_card]
priority = 2
normaliser = "loyalty_card"     # spaces and dashes off, capitals
# check_digit = "none"          # "luhn" or "ean" where your cards end with one, so that typing errors link nobody
max_per_customer = 3            # a lost card and its replacement stay with their customer
shared_above = { user_id = 2, customer_id = 2, email = 4, phone = 3 }
trust = 0.9

[identifiers.zalo_id]
priority = 2
max_per_customer = 1            # an account that a person signs in to; write 2 where second Zalo accounts are common
shared_above = { user_id = 2, customer_id = 2, phone = 3 }
trust = 0.9

# --- addresses: reach a person, but are lent, shared and handed on ---------------------------------------------------

[identifiers.email]
priority = 3
normaliser = "email"
provider_rules = false          # true: +tag is dropped, and dots at Gmail, so that variants are one mailbox
max_per_customer = 2            # an old and a new one, or home and work; a third is more often somebody else's
blocked = ["info@*", "contact@*", "sales@*", "support@*", "admin@*", "office@*", "hello@*", "cskh@*"]
shared_above = { user_id = 2, customer_id = 2, loyalty_card = 4, phone = 4, "trait:family_name" = 4 }
trust = 0.9

[identifiers.phone]
priority = 3
normaliser = "phone"
region = "VN"                   # the country of numbers written without one
max_per_customer = 2            # two SIM cards, or an old and a new number; a third is more often somebody else's
blocked = []                    # your own hotlines, such as "+84281234*"
shared_above = { user_id = 2, customer_id = 2, loyalty_card = 4, email = 4, "trait:family_name" = 4 }
trust = 0.9

[identifiers.order_number]
priority = 4
shared_above = { user_id = 2, customer_id = 2, email = 3, phone = 3, loyalty_card = 2 }   # tills count alike
trust = 0.8

# --- devices and browsers: many, short-lived, and used by several people ---------------------------------------------
# A machine on which two addresses or cards were seen links nobody: it would tie people without an account to those who
# have one, and nothing else would keep them apart. Whose its visits are is then for shared_events to say. Accounts may
# be two, because max_per_customer keeps those apart already. Write 2 if you would rather join too much than too little.
# No ttl here: a cookie that is gone is never given to somebody else, so letting its links expire only takes from people
# what they did before.

[identifiers.device]             # a tablet of the family, a till, a kiosk
priority = 5
normaliser = "device"           # small letters, braces off
shared_above = { user_id = 2, customer_id = 2, email = 1, phone = 1, loyalty_card = 1 }
trust = 0.7
# ttl = "1095d"                 # where machines are handed on: a link not seen for so long links no more

[identifiers.advertising_id]
priority = 5
normaliser = "device"
shared_above = { user_id = 2, customer_id = 2, email = 1, phone = 1, loyalty_card = 1 }
trust = 0.6

[identifiers.cookie]
priority = 6
shared_above = { user_id = 2, customer_id = 2, email = 1, phone = 1, loyalty_card = 1 }
trust = 0.6

[identifiers.anonymous_id]      # what many libraries for collecting call their cookie
priority = 6
shared_above = { user_id = 2, customer_id = 2, email = 1, phone = 1, loyalty_card = 1 }
trust = 0.6

# Types that an event brings and this file does not name are kept, reported, and link by these rules. An IP address, a
# browser's name or a shop is no identifier, but is sent as one; so a value that is met with two addresses or on two
# machines links nobody. Give your own types a section, accounts above all: `knotwork policy check TYPE` writes it.
[identifiers.default]
priority = 50
trust = 0.5
[identifiers.default.shared_above]
user_id = 2
customer_id = 2
loyalty_card = 1
email = 1
phone = 1
cookie = 3
anonymous_id = 3
device = 1
advertising_id = 1

# --- matching: people who look alike but share no identifier ---------------------------------------------------------

[matching]
# auto_join = false             # true: pairs above join_above are joined without asking
# join_above = 0.95             # probability
# propose_above = 0.5           # probability above which a person is asked

# --- profiles: what is said of a customer -----------------------------------------------------------------------------

[profile]
# survivorship = "latest"       # which value of a trait is kept: latest | first | most_frequent | longest |
                                # source_priority | verified_first; see docs/profiles.md
# source_priority = []          # ["crm", "web"]: whose values go first where source_priority chooses
# purchases = ["Order Completed"]   # the events that are purchases
# amount = "revenue"            # the property that holds an amount
# currency = "currency"         # the property that names its currency: sums never mix two

[traits.birth_date]
most = 1                        # a customer with more values than this is flagged
#   survivorship = "source_priority"            # for this trait alone
#   source_priority = ["loyalty", "crm"]

# What a single source is worth, and what events say of an interest; take the marks off and put in your own names.
#
#   [sources.bought_list]
#   rank = 90                   # 1 is the foremost; values of other sources (50) survive before these
#   survivorship = "latest"     # which of its own values it stands for
#   never = ["birth_date"]      # traits that are not taken from it
#
#   [signals.interested_in_shoes]
#   events = { "Product Viewed" = 1, "Product Added" = 3 }
#   where = { category = "shoes", price = { at_least = 100 } }
#   half_life = "30d"           # an event loses half its weight in this time
#   above = 2                   # the value above which the signal is on

[lifecycle]
# new = "30d"                   # first seen within this time
# active = "30d"                # last seen within this time
# at_risk = "90d"               # last seen within this time; longer ago: lost

[consent]
# purposes = []                 # ["analytics", "marketing"]: listed on every profile, even where nobody said a word

# --- where things run -------------------------------------------------------------------------------------------------

[graph]
# url = "sqlite"                # or "neo4j://host:7687"; its user and password stand in the environment
# database = "neo4j"

[serve]
# host = "127.0.0.1"            # reached from this machine only
# port = 8765                   # 0 takes any that is free
# show_personal = false         # true shows personal values in clear; for made-up data

[access]
# issuer = ""                   # "https://login.example.com": its users may come in with their tokens
# audience = ""                 # whom these tokens must be meant for
# role_claim = "knotwork_role"  # the claim that names viewer, analyst, steward, collector or admin
# hosts = []                    # ["knotwork.example.com"]: further names that this server answers to
# requests = 1200               # by one caller in a minute

[gates]                         # what `knotwork recompute` may change before it is held; false switches one off
# id_changes = 0.02             # of all customers: their id stops naming a customer
# changed_hands = 0.05          # of all identifiers: they go to another customer
# largest_customer = 1000       # identifiers in one customer
# largest_growth = 0.5          # 0.5: half as large again, counted from 20 identifiers up
# customer_growth = 0.2         # 0.2: a fifth more customers
# identifiers_lost = 0.01       # of all identifiers: they go from a customer to nobody
# severed = 0.1                 # of all links
# severed_growth = 0.02         # of all links: so many more are severed than were, counted from 1,000 links up
# contradictions = 0            # decisions that contradict an earlier one
# unknown_decisions = 10        # decisions that name an identifier no event has shown
# ledger = true                 # every event is counted once: in the log, its files and the generation
# graph = true                  # every edge is counted anew from the facts
# drift = "repair"              # repair | hold | off: where single events have led elsewhere than all together do

[review]                        # what is put before people, and what needs two of them; false switches one off
# large_customer = 50           # identifiers: larger customers are looked at
# claim = "30m"                 # how long a case is one person's
# age = "30d"                   # a case that has waited so long counts twice as much
# sample = 0.05                 # of automatic joins, for quality
# customers = 10                # a decision that changes more of them needs a second person
# events = 1000                 # a decision that moves more of them needs a second person
# bulk = 20                     # more decisions at once need a second person
# consent = true                # a decision that makes consent stricter needs a second person

[nightly]
# at = ""                       # "02:30": when `knotwork serve` recomputes; empty for never
# timezone = "UTC"              # of that time, such as "Asia/Ho_Chi_Minh"

# What became of customers is told to receivers, signed with a secret from KNOTWORK_WEBHOOKS_CRM_SECRET:
#
#   [webhooks.crm]
#   url = "https://crm.example.com/knotwork"
#   kinds = []                  # ["merged", "retired"]: these alone; all where empty
#   identifiers = false         # true sends the identifiers that changed hands, which are personal data
#   begin = "now"               # or "start": everything there ever was
#   batch = 100                 # changes in one message
#   timeout = "10s"             # how long an answer is waited for
#   give_up = "3d"              # after failing for so long it is set aside until somebody resumes it

[workspace]
# name = ""                     # what headings call this workspace

# Sets of customers by rules have sections of their own, as [segments.lapsed]; docs/segments.md says what they say.
"""
