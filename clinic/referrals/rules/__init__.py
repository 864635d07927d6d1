"""Pure triage: plain facts in, a cited suggestion out. No clock, no database, no framework."""
