"""The parts of the scorer `classical`: what stayed, the cloth, the cut."""
