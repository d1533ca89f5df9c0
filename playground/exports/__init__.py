"""A run in forms that other programs and other people understand: one file for each format of `playground export`."""
