"""How the intervention was delivered: fidelity, its raters, contacts, meetings of panels."""
