"""Answer → output."""
