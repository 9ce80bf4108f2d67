"""The arena: strategies that spend compute against one another, on the same samples, at the same ledger.

Its tables:

winning      power_table, which is read first, and wins: who wins against whom on held-out metrics
over_budget  best_so_far and pareto: what is held as the budget grows, and what it costs
hacking      the budget at which the score that selects parts from what it stands for
verdicts     these tables in sentences
contest      arena(*runs, scores=...): what the others take; held_out_scores says what the scores are

Its figures are power_figures, win_figures, budget_figures and pareto_figures; trees has one sample's search.
"""
