"""Part IV."""
