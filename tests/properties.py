"""How many examples a property about pixels or drawn numbers is tried on."""

EXAMPLES = 500
