"""Pictures: photos as browsers show them, small ones kept."""
