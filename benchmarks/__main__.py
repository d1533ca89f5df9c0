"""`make bench`: every benchmark in turn; the exit code says whether all targets were met."""

from benchmarks import boot, idle, kernel_scale, recording, responsiveness, round_trip, startup


def main() -> int:
    """Run them all, also after a miss."""
    met = [benchmark.main() for benchmark in (round_trip, kernel_scale, boot, recording, startup, idle, responsiveness)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
