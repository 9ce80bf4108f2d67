"""Parts of the flow `garment`: its stages, and how the drawn ones draw."""
