"""Sealing, keys, fingerprints, tokens, signatures: everything that keeps a secret one."""
