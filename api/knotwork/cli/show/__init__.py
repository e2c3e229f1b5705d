"""What people see of a report, a customer or a journey: a table on a terminal, plain lines in a pipe."""
