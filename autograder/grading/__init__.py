"""From a class of submissions to marks: plans a run, grades in a pool, judges, writes the results and shows them."""
