"""The review desk: a web application in which a person asks, reads, completes and decides.

`tables` and `database` keep it, `permissions` says who may do what, `ledger` writes down who did,
and `work` assesses outside the request. `app` puts every page and its API together.
"""
