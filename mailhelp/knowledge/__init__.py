"""All that can be looked up: the compiled catalogue, its layers, ranked search."""
