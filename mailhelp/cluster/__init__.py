"""Whole logs counted by many machines, as this process would count them alone: on Dask, an extra."""
