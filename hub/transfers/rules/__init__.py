"""The law as pure functions: no I/O, no clock, no framework. A check yields the refusals that it finds."""
