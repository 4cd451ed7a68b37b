"""The synthetic study, and one of many places grown from it."""
