"""How fast and how lean: a seeded traffic generator, and what the flow is measured against."""
