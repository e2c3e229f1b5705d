"""The ground floor of Knotwork: the model, the policy, the errors and the stores.

It imports nothing of the floors above.
"""
