"""The tables of the community surveys that pass between steps, in the order they are made."""
