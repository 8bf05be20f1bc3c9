"""Watch one world: the engine's own world, small, month by month, for one visitor."""
