"""Who may see what: roles, the classes of fields, and masks for personal values."""
