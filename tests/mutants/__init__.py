"""`make mutants`: each check, policy, constraint and guard is taken away in turn, in a copy; some test must notice."""
