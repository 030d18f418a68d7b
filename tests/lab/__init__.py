"""Integration tests against a real Postfix, amavis, SpamAssassin and Dovecot SASL on loopback."""
