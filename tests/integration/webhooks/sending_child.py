"""A process that sends to the webhooks of a workspace until there is nothing more.

python -m tests.integration.webhooks.sending_child WORKSPACE
"""

from __future__ import annotations

import sys

from knotwork.workspace import open_workspace

if __name__ == "__main__":
    with open_workspace(sys.argv[1]) as shop:
        list(shop.webhooks.deliver())
