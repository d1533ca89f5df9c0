"""Building servers from the manifest: what the root task does once and the supervisor again and again."""
