"""Photos: the Photos page: classes and photos listed, edited, added, and checked; folders opened and begun."""
