"""The corpus' log knowledge in the languages of engines that people already run."""
