"""Character tasks that ran: what was asked, the candidates with their terms, the ways side by side."""
