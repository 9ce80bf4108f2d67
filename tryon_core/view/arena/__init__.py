"""The arena: strategies that spend compute against one another, on the same samples, at the same ledger, in tables."""
