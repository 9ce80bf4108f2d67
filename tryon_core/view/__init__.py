"""What people look at: tables, figures and the report. All of it reads only a run."""
