"""Text of raw files to typed records, with a ledger of what is set aside and a list of problems."""
