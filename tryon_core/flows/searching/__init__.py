"""Parts of the search at inference time: noise recipes, the budget, the pool of candidates, potentials, strategies."""
