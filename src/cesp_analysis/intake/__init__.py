"""Raw files as they are, line by line, whatever wrote them; pseudonyms; `cesp describe`."""
