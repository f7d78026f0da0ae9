"""Part II."""
