"""Parts of a network: blocks by depth, what is frozen, and where it can be cut."""
