"""The way out to a model: an endpoint, what left for it, and the commands on an exchange folder."""
