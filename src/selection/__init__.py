"""Rule-based selection: limited seats, exact and explained."""
