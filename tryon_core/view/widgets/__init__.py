"""What people operate: the stepper, the triage of failures, contact sheets; pure ipywidgets, each with a still."""
