"""Coded interviews: read from what programs export, and described."""
