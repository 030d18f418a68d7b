"""The machine: its commands, folders, settings and man pages."""
