"""The faults of a configuration. Pure: texts, files' facts and what the corpus knows → findings."""
