"""The outside world: what the simulated processor is plugged into, and what makes it run."""
