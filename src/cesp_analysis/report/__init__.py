"""One tree of blocks, its sections, and its renderers: HTML, Word, PDF."""
